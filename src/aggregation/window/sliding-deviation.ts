import { toDouble } from '../../bson/number.ts';
import { double } from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { parseUnaryArgument } from '../accumulator/unary.ts';
import type { AccumulatorDefinition, AccumulatorState } from '../accumulator.ts';
import type { WindowParser } from '../window.ts';
import { overFrames } from './accumulated.ts';

/** Standard deviation whose values can be taken back. While an infinity or NaN is in, there is no result. */
class SlidingDeviationState implements AccumulatorState {
  readonly #isSample: boolean;
  #count = 0;
  #sum = 0;
  #squares = 0;
  #infiniteCount = 0;

  constructor(isSample: boolean) {
    this.#isSample = isSample;
  }

  add(input: Value | undefined): void {
    this.#change(input, 1);
  }

  remove(input: Value | undefined): void {
    this.#change(input, -1);
  }

  #change(input: Value | undefined, sign: 1 | -1): void {
    if (!isNumeric(input)) return;
    const value = toDouble(input);
    if (!Number.isFinite(value)) {
      this.#infiniteCount += sign;
      return;
    }
    if (sign === -1 && this.#count === 1) {
      this.#count = this.#sum = this.#squares = 0;
      return;
    }
    const count = this.#count + sign;
    // What the squares change by is (count·value - sum)² / (count·(count - 1)), with the larger count and its sum.
    const larger = Math.max(count, this.#count);
    const sum = this.#sum + (sign === 1 ? value : 0);
    if (larger > 1) this.#squares += (sign * (larger * value - sum) ** 2) / (larger * (larger - 1));
    this.#count = count;
    this.#sum += sign * value;
  }

  result(): Value {
    const divisor = this.#isSample ? this.#count - 1 : this.#count;
    if (this.#infiniteCount > 0 || divisor <= 0) return null;
    if (this.#count === 1) return 0;
    return double(Math.sqrt(Math.max(this.#squares, 0) / divisor));
  }
}

/** $stdDevPop or $stdDevSamp; `definition` is the accumulator for windows that only grow. */
export function deviation(definition: AccumulatorDefinition, isSample: boolean): WindowParser {
  return ({ argument, bounds, context, name, sort }) => {
    const accumulatorContext = {
      place: 'window',
      expressions: context.expressions,
      collation: context.options.collation,
    } as const;
    const input = parseUnaryArgument(argument, accumulatorContext, name);
    const grown = definition.parse(argument, accumulatorContext, name);
    return overFrames(
      {
        read: (scope) => input.evaluate(scope),
        start: (scope) => grown.start(scope),
        startSliding: () => new SlidingDeviationState(isSample),
      },
      bounds,
      sort,
    );
  };
}
