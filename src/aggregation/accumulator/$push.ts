import type { Value } from '../../bson/value.ts';
import type { AccumulatorState } from '../accumulator.ts';
import { valueSizeBytes } from '../value-size.ts';
import { checkStateSize } from './memory-limit.ts';
import { unaryAccumulator } from './unary.ts';

class PushState implements AccumulatorState {
  readonly #values: Value[] = [];
  sizeBytes = 0;

  add(input: Value | undefined): void {
    if (input === undefined) return;
    this.#values.push(input);
    this.sizeBytes += valueSizeBytes(input);
    checkStateSize('$push', this.sizeBytes);
  }

  result(): Value {
    return this.#values.slice();
  }
}

/** All values in order; missing ones are left out. */
export const $push = unaryAccumulator(() => new PushState());
