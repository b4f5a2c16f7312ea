import type { StringKey } from '../../bson/ordered-key.ts';
import type { Value } from '../../bson/value.ts';
import type { AccumulatorState } from '../accumulator.ts';
import { requireArrayInput } from './array-input.ts';
import { unaryAccumulator } from './unary.ts';
import { ValueSet } from './value-set.ts';

class SetUnionState implements AccumulatorState {
  readonly #set: ValueSet;

  constructor(strings: StringKey | undefined) {
    this.#set = new ValueSet('$setUnion', strings);
  }

  get sizeBytes(): number {
    return this.#set.sizeBytes;
  }

  add(input: Value | undefined): void {
    if (input === undefined) return;
    for (const element of requireArrayInput('$setUnion', input)) this.#set.add(element);
  }

  result(): Value {
    return this.#set.values();
  }
}

/** The different elements of all arrays; missing ones are left out. */
export const $setUnion = unaryAccumulator(({ collation }) => new SetUnionState(collation));
