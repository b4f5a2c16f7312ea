/**
 * Signatures of cluster times (reference 8.2): HMAC-SHA1 over the 64 bits of a time, of which the lowest 16 count as ones, so
 * that the 65,536 times of a block share a signature and need to be signed once.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of a key, and of a signature. */
export const signatureBytes = 20;

/** Of an increment what tells its block from the next. */
export function blockOf(increment: number): number {
  return increment >>> 16;
}

/** The signature of a time under a key of 20 bytes. */
export function signTime(key: Buffer, seconds: number, increment: number): Buffer {
  const signed = Buffer.alloc(8);
  signed.writeUInt32BE(seconds >>> 0, 0);
  signed.writeUInt32BE((increment | 0xffff) >>> 0, 4);
  return createHmac('sha1', key).update(signed).digest();
}

/** Whether two signatures are the same, in a time that does not tell where they differ. */
export function isSameSignature(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
