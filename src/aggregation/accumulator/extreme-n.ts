import { compareValues, type StringComparison } from '../../bson/compare.ts';
import type { Value } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import type { AccumulatorDefinition, AccumulatorState } from '../accumulator.ts';
import { BoundedOrder } from './bounded-order.ts';
import { parseInputAndN, requireN } from './n-argument.ts';

class ExtremeNState implements AccumulatorState {
  readonly #order: BoundedOrder<Value>;

  constructor(name: string, n: number, sign: 1 | -1, strings: StringComparison | undefined) {
    this.#order = new BoundedOrder(name, n, (left, right) => compareValues(left, right, strings) * sign);
  }

  get sizeBytes(): number {
    return this.#order.sizeBytes;
  }

  add(input: Value | undefined): void {
    if (!isNullish(input)) this.#order.add(input, input);
  }

  result(): Value {
    return this.#order.values();
  }
}

/** $minN (sign 1) or $maxN (sign -1): null and missing values do not count. */
export function extremeNAccumulator(sign: 1 | -1): AccumulatorDefinition {
  return {
    inStableApi: true,
    parse(argument, context, name) {
      const { input, n } = parseInputAndN(argument, context, name);
      return {
        read: (scope) => input.evaluate(scope),
        start: (group) => new ExtremeNState(name, requireN(n.evaluate(group), context.place), sign, context.collation),
      };
    },
  };
}
