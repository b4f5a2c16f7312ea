import { toDouble } from '../../bson/number.ts';
import { double } from '../../bson/scalar.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { type OperatorParser, variadic } from '../operator.ts';
import { inputsOf } from './accumulated.ts';

/** Standard deviation of the numbers, in one pass (Welford's method); null where the divisor is not above zero. */
export function deviation(divisorOf: (count: number) => number): OperatorParser {
  return variadic((values) => {
    let count = 0;
    let mean = 0;
    let squares = 0;
    for (const value of inputsOf(values)) {
      if (!isNumeric(value)) continue;
      const number = toDouble(value);
      count++;
      const delta = number - mean;
      mean += delta / count;
      squares += delta * (number - mean);
    }
    const divisor = divisorOf(count);
    return divisor <= 0 ? null : double(Math.sqrt(squares / divisor));
  });
}
