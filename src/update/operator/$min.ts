import { compareValues } from '../../bson/compare.ts';
import type { Collation } from '../../query/collation.ts';
import type { EncodedValue } from '../encoded-value.ts';
import { type Modifier, operator, unchanged } from '../modifier.ts';

/** Keeps the smaller (sign -1) or the larger (sign 1) of two values in MongoDB's order. */
export class KeepExtreme implements Modifier {
  readonly #value: EncodedValue;
  readonly #sign: number;
  readonly #collation: Collation | undefined;

  constructor(value: EncodedValue, sign: -1 | 1, collation: Collation | undefined) {
    this.#value = value;
    this.#sign = sign;
    this.#collation = collation;
  }

  change(current: EncodedValue): EncodedValue | typeof unchanged {
    const order = compareValues(this.#value.decode(), current.decode(), this.#collation);
    return order * this.#sign > 0 ? this.#value : unchanged;
  }

  create(): EncodedValue {
    return this.#value;
  }

  toleratesBlockedPath(): boolean {
    return false;
  }
}

export const min = operator('$min', (value, _path, { collation }) => new KeepExtreme(value, -1, collation));
