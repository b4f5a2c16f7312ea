import { createHash } from 'node:crypto';
import { encodeKeyPart, type StringKey } from '../bson/ordered-key.ts';
import type { Value } from '../bson/value.ts';

const hashBytes = 8;

/** What a hashed index keeps of a value: the same for equal values, of fixed length, without order. */
export function hashOf(value: Value | undefined, strings?: StringKey): string {
  return createHash('md5')
    .update(encodeKeyPart(value, false, strings), 'latin1')
    .digest()
    .toString('latin1', 0, hashBytes);
}
