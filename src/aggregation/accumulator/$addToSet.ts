import type { StringKey } from '../../bson/ordered-key.ts';
import type { Value } from '../../bson/value.ts';
import type { AccumulatorState } from '../accumulator.ts';
import { unaryAccumulator } from './unary.ts';
import { ValueSet } from './value-set.ts';

class AddToSetState implements AccumulatorState {
  readonly #set: ValueSet;

  constructor(strings: StringKey | undefined) {
    this.#set = new ValueSet('$addToSet', strings);
  }

  get sizeBytes(): number {
    return this.#set.sizeBytes;
  }

  add(input: Value | undefined): void {
    if (input !== undefined) this.#set.add(input);
  }

  result(): Value {
    return this.#set.values();
  }
}

/** The different values; missing ones are left out. */
export const $addToSet = unaryAccumulator(({ collation }) => new AddToSetState(collation));
