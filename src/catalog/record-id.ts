/**
 * RecordIds: 1, 2, 3, … in the order of insertion, which is the natural order of a collection. As a key, 8 bytes
 * big-endian; a JavaScript number holds them exactly up to 2^53.
 */
import { binaryString8 } from '../bson/binary-string.ts';
import type { Key } from '../storage/engine.ts';

export const recordKeyBytes = 8;

/** The key of a RecordId. */
export function encodeRecordId(recordId: number): Key {
  const high = Math.floor(recordId / 0x100000000);
  const low = recordId >>> 0;
  return String.fromCharCode(
    high >>> 24,
    (high >>> 16) & 0xff,
    (high >>> 8) & 0xff,
    high & 0xff,
    low >>> 24,
    (low >>> 16) & 0xff,
    (low >>> 8) & 0xff,
    low & 0xff,
  );
}

/** The key of a RecordId that lies in bytes, as `encodeRecordId` made it. */
export function recordKeyIn(bytes: Uint8Array): Key {
  return binaryString8(bytes);
}

/** The RecordId of a key. */
export function decodeRecordId(key: Key): number {
  let value = 0;
  for (let at = 0; at < recordKeyBytes; at++) value = value * 256 + key.charCodeAt(at);
  return value;
}
