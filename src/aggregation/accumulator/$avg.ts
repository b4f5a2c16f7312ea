import { NumberTotal } from '../../bson/number-total.ts';
import type { Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { AccumulatorState } from '../accumulator.ts';
import { unaryAccumulator } from './unary.ts';

class AverageState implements AccumulatorState {
  readonly #total = new NumberTotal();

  add(input: Value | undefined): void {
    if (isNumeric(input)) this.#total.add(input);
  }

  remove(input: Value | undefined): void {
    if (isNumeric(input)) this.#total.remove(input);
  }

  result(): Value {
    return this.#total.average();
  }
}

/** Mean of the numbers; null without any. */
export const $avg = unaryAccumulator(() => new AverageState());
