import type { Value } from '../../bson/value.ts';
import type { AccumulatorState } from '../accumulator.ts';
import { valueSizeBytes } from '../value-size.ts';
import { requireArrayInput } from './array-input.ts';
import { checkStateSize } from './memory-limit.ts';
import { unaryAccumulator } from './unary.ts';

class ConcatArraysState implements AccumulatorState {
  readonly #values: Value[] = [];
  sizeBytes = 0;

  add(input: Value | undefined): void {
    if (input === undefined) return;
    for (const element of requireArrayInput('$concatArrays', input)) {
      this.#values.push(element);
      this.sizeBytes += valueSizeBytes(element);
    }
    checkStateSize('$concatArrays', this.sizeBytes);
  }

  result(): Value {
    return this.#values.slice();
  }
}

/** The elements of all arrays in order; missing arrays are left out. */
export const $concatArrays = unaryAccumulator(() => new ConcatArraysState());
