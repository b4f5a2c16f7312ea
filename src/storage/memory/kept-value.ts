/** How memory keeps a value: sharing nothing of size with others, and with as few objects as can be. */

/** What unique indexes hold are RecordIds, which a number says without any memory of its own. */
export type KeptValue = Buffer | number;

const numberBytes = 8;

/** Up to so many bytes lie within their array itself. */
const innerBytes = 64;

const noBytes = Buffer.alloc(0);

/** The value as it is to be kept. */
export function keepValue(value: Buffer): KeptValue {
  if (value.length === numberBytes && value.readInt32BE(0) === 0) {
    const number = value.readInt32BE(4);
    if (number >= 0) return number;
  }
  return value.length === 0 ? noBytes : ownBytes(value);
}

/** A kept value as it was given. */
export function valueOfKept(kept: KeptValue): Buffer {
  if (typeof kept !== 'number') return kept;
  const value = Buffer.allocUnsafe(numberBytes);
  value.writeInt32BE(0, 0);
  value.writeInt32BE(kept, 4);
  return value;
}

/**
 * The value in memory that it shares with nothing else of size: a stored record must not keep alive the message that it
 * came in, nor the pool that Node cuts small buffers from. What a message mostly consists of stays where it is.
 */
export function ownBytes(value: Buffer): Buffer {
  const isInner = value.length <= innerBytes;
  if (!isInner && value.buffer.byteLength <= 2 * value.length) return value;
  const own = isInner ? Buffer.alloc(value.length) : Buffer.allocUnsafeSlow(value.length);
  own.set(value);
  return own;
}
