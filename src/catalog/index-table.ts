/**
 * How an index lies in its table.
 *
 *   unique       | encoded key |                    → RecordId key        two documents with one key collide here
 *   otherwise    | encoded key | RecordId, 8 bytes | → empty
 *
 * Keys beyond what the engine takes are cut, and a digest of the rest takes the place of what was cut: equality still
 * holds, order among such keys does not, which is why whoever scans checks the document again.
 */
import { createHash } from 'node:crypto';
import { keyAfterPrefix } from '../bson/ordered-key.ts';
import type { IndexRange } from '../query/plan.ts';
import type { Key, KeyRange } from '../storage/engine.ts';
import { recordKeyBytes, recordKeyIn } from './record-id.ts';

const digestBytes = 32;
const emptyValue = Buffer.alloc(0);

/** The encoded key, shortened where engine and RecordId leave no room for all of it. */
export function fitKey(key: Key, keyBytes: number): Key {
  const room = keyBytes - recordKeyBytes;
  if (key.length <= room) return key;
  const digest = createHash('sha256').update(key, 'latin1').digest().toString('latin1');
  return key.slice(0, room - digestBytes) + digest;
}

/** Where an entry of a document lies and what stands there. */
export function indexEntry(isUnique: boolean, key: Key, recordKey: Key): { key: Key; value: Buffer } {
  return isUnique ? { key, value: Buffer.from(recordKey, 'latin1') } : { key: key + recordKey, value: emptyValue };
}

/** Where all entries of one key lie in an index that is not unique. */
export function entriesOfKey(key: Key): KeyRange {
  return { lower: key + '\x00'.repeat(recordKeyBytes), upper: key + '\xff'.repeat(recordKeyBytes) };
}

/** The RecordId key of an entry that a scan brought. */
export function recordKeyOfEntry(isUnique: boolean, key: Key, value: Buffer): Key {
  return isUnique ? recordKeyIn(value) : key.slice(key.length - recordKeyBytes);
}

/** The indexed key of an entry that a scan brought. */
export function keyOfEntry(isUnique: boolean, key: Key): Key {
  return isUnique ? key : key.slice(0, key.length - recordKeyBytes);
}

/** A planned range as storage reads it. Bounds longer than stored keys are widened to the prefix that is stored. */
export function fitRange({ lower, upper }: IndexRange, keyBytes: number): KeyRange {
  const prefix = keyBytes - recordKeyBytes - digestBytes;
  const fitted: KeyRange = { lower: lower.length > prefix ? lower.slice(0, prefix) : lower };
  if (upper === undefined) return fitted;
  if (upper.length <= prefix) return { ...fitted, upper, upperExclusive: true };
  const behind = keyAfterPrefix(upper.slice(0, prefix));
  return behind === undefined ? fitted : { ...fitted, upper: behind, upperExclusive: true };
}
