import type { Value } from '../../bson/value.ts';
import type { AccumulatorState } from '../accumulator.ts';
import { unaryAccumulator } from './unary.ts';

class FirstState implements AccumulatorState {
  #hasFirst = false;
  #first: Value | undefined;

  add(input: Value | undefined): void {
    if (this.#hasFirst) return;
    this.#hasFirst = true;
    this.#first = input;
  }

  result(): Value | undefined {
    return this.#first;
  }
}

/** Value of the first document, missing included. */
export const $first = unaryAccumulator(() => new FirstState());
