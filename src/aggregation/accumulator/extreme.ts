import { compareValues, type StringComparison } from '../../bson/compare.ts';
import type { Value } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import type { AccumulatorState } from '../accumulator.ts';

/** The first of the smallest (sign 1) or largest (sign -1) inputs; null and missing do not count. null without any. */
export class ExtremeState implements AccumulatorState {
  readonly #sign: 1 | -1;
  readonly #strings: StringComparison | undefined;
  #extreme: Value | undefined;

  constructor(sign: 1 | -1, strings: StringComparison | undefined) {
    this.#sign = sign;
    this.#strings = strings;
  }

  add(input: Value | undefined): void {
    if (isNullish(input)) return;
    if (this.#extreme === undefined || compareValues(input, this.#extreme, this.#strings) * this.#sign < 0) {
      this.#extreme = input;
    }
  }

  result(): Value {
    return this.#extreme ?? null;
  }
}
