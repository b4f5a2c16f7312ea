/**
 * The sixteen bytes that every message begins with:
 *
 *   | length int32 | requestId int32 | responseTo int32 | opCode int32 |      little-endian, length counts itself
 */
import { readInt32 } from '../bson/read.ts';

export const headerBytes = 16;

/** What a message is. Sources: manual, "MongoDB Wire Protocol". */
export const OpCode = {
  /** Answer to OP_QUERY. */
  reply: 1,
  /** The old request, kept for the first hello of a connection. */
  query: 2004,
  /** Any other message inside, compressed. */
  compressed: 2012,
  /** Request and answer of today. */
  message: 2013,
} as const;

export const lengthAt = 0;
const requestIdAt = 4;
const responseToAt = 8;
const opCodeAt = 12;

export function requestIdOf(frame: Buffer): number {
  return readInt32(frame, requestIdAt);
}

export function responseToOf(frame: Buffer): number {
  return readInt32(frame, responseToAt);
}

export function opCodeOf(frame: Buffer): number {
  return readInt32(frame, opCodeAt);
}
