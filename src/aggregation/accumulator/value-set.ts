import { encodeKeyPart, type StringKey } from '../../bson/ordered-key.ts';
import type { Value } from '../../bson/value.ts';
import { valueSizeBytes } from '../value-size.ts';
import { checkStateSize } from './memory-limit.ts';

/** Values without their equals, in the order in which they came; of equal ones the first stays. */
export class ValueSet {
  readonly #name: string;
  readonly #strings: StringKey | undefined;
  readonly #values = new Map<string, Value>();
  sizeBytes = 0;

  constructor(name: string, strings: StringKey | undefined) {
    this.#name = name;
    this.#strings = strings;
  }

  add(value: Value): void {
    const key = encodeKeyPart(value, false, this.#strings);
    if (this.#values.has(key)) return;
    this.#values.set(key, value);
    this.sizeBytes += key.length + valueSizeBytes(value);
    checkStateSize(this.#name, this.sizeBytes);
  }

  values(): Value[] {
    return [...this.#values.values()];
  }
}
