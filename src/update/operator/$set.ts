import type { EncodedValue } from '../encoded-value.ts';
import { type Modifier, operator, unchanged } from '../modifier.ts';

/** Stores a value; nothing changes where the very same bytes are there already. */
export class SetValue implements Modifier {
  readonly #value: EncodedValue;
  readonly isInsertOnly: boolean;

  constructor(value: EncodedValue, isInsertOnly = false) {
    this.#value = value;
    this.isInsertOnly = isInsertOnly;
  }

  change(current: EncodedValue): EncodedValue | typeof unchanged {
    return current.isIdentical(this.#value) ? unchanged : this.#value;
  }

  create(): EncodedValue {
    return this.#value;
  }

  toleratesBlockedPath(): boolean {
    return false;
  }
}

export const set = operator('$set', (value) => new SetValue(value));
