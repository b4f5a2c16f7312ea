import type { Value } from '../../bson/value.ts';
import type { AccumulatorState } from '../accumulator.ts';
import { unaryAccumulator } from './unary.ts';

class LastState implements AccumulatorState {
  #last: Value | undefined;

  add(input: Value | undefined): void {
    this.#last = input;
  }

  result(): Value | undefined {
    return this.#last;
  }
}

/** Value of the last document, missing included. */
export const $last = unaryAccumulator(() => new LastState());
