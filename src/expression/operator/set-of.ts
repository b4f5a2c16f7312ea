import { encodeKeyPart } from '../../bson/ordered-key.ts';
import type { Value } from '../../bson/value.ts';
import type { Collation } from '../context.ts';
import type { Scope } from '../expression.ts';

/** What making a key of an element counts. */
export const stepsToKey = 4;

/** A key that equal values share. */
export function equalityKey(value: Value, collation: Collation | undefined): string {
  return encodeKeyPart(value, false, collation);
}

/** The distinct elements of an array by their equality keys, in the order in which they come first. */
export function setOf(array: readonly Value[], collation: Collation | undefined, scope?: Scope): Map<string, Value> {
  const set = new Map<string, Value>();
  for (const element of array) {
    scope?.step(stepsToKey);
    const key = equalityKey(element, collation);
    if (!set.has(key)) set.set(key, element);
  }
  return set;
}
