import { isInt32 } from '../../bson/scalar.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type OperatorParser, variadic } from '../operator.ts';
import { describeType } from './numeric.ts';

/** `$bitAnd`, `$bitOr` and `$bitXor`: over int32 as long as all are, else over int64. `start` for no arguments. */
export function bitwise(
  name: string,
  start: number,
  onInt: (left: number, right: number) => number,
  onLong: (left: bigint, right: bigint) => bigint,
): OperatorParser {
  return variadic((values) => {
    let result: number | bigint = start;
    for (const value of values) {
      if (isNullish(value)) return null;
      if (typeof value === 'number' && isInt32(value)) {
        result = typeof result === 'number' ? onInt(result, value) : onLong(result, BigInt(value));
      } else if (typeof value === 'bigint') {
        result = onLong(BigInt(result), value);
      } else {
        throw new MongoError('TypeMismatch', `${name} only supports int and long operands, not ${describeType(value)}`);
      }
    }
    return result;
  });
}
