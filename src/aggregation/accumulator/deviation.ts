import { toDouble } from '../../bson/number.ts';
import { double } from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import type { AccumulatorState } from '../accumulator.ts';

/** Standard deviation in one pass (Welford's method), over everything (population) or as an estimate (sample). */
export class DeviationState implements AccumulatorState {
  readonly #isSample: boolean;
  #count = 0;
  #mean = 0;
  #squares = 0;

  constructor(isSample: boolean) {
    this.#isSample = isSample;
  }

  add(input: Value | undefined): void {
    if (!isNumeric(input)) return;
    const value = toDouble(input);
    this.#count++;
    const delta = value - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (value - this.#mean);
  }

  result(): Value {
    const divisor = this.#isSample ? this.#count - 1 : this.#count;
    return divisor <= 0 ? null : double(Math.sqrt(this.#squares / divisor));
  }
}
