/** Up to so many bytes lie within their array itself. */
const innerBytes = 64;

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
