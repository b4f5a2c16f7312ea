/**
 * Cuts a stream of bytes into messages. No I/O and no meaning: chunks go in as they arrive, whole messages come out.
 *
 * A message that lies within one chunk is a view of it. One that does not is collected in a buffer that doubles, so that
 * neither a message in a million pieces nor a length that is announced and never sent costs more than what has arrived.
 */
import { readInt32 } from '../bson/read.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { headerBytes, lengthAt } from './header.ts';

const firstPartBytes = 16 * 1024;

export class FrameReader {
  /** Chunks not looked at yet; the first from `#at` on. */
  readonly #chunks: Buffer[] = [];
  #at = 0;
  /** The beginning of a message that did not end with its chunk. */
  #part = Buffer.alloc(0);
  #partBytes = 0;
  #waitingBytes = 0;

  /** Bytes that have been pushed and not been answered by `next`. */
  get bufferedBytes(): number {
    return this.#waitingBytes + this.#partBytes;
  }

  /** Takes the next bytes of the stream; they must not change afterwards. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#waitingBytes += chunk.length;
  }

  /**
   * The next whole message, header included, or undefined until more bytes come. None may be longer than `longestBytes`.
   * Throws ProtocolError where a length is impossible; the stream cannot be read on then.
   */
  next(longestBytes: number = limits.messageSizeBytes): Buffer | undefined {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      if (this.#partBytes === 0) {
        const whole = this.#cut(chunk, longestBytes);
        if (whole !== undefined) return whole;
      }
      const finished = this.#collect(chunk, longestBytes);
      if (finished !== undefined) return finished;
    }
    return undefined;
  }

  /** A message that lies whole in this chunk. */
  #cut(chunk: Buffer, longestBytes: number): Buffer | undefined {
    if (chunk.length - this.#at < headerBytes) return undefined;
    const length = checkedLength(chunk, this.#at, longestBytes);
    if (chunk.length - this.#at < length) return undefined;
    const start = this.#at;
    this.#consume(chunk, length);
    return length === chunk.length ? chunk : chunk.subarray(start, start + length);
  }

  /** Moves from the chunk into the collected part what belongs to its message; answers the message once it is whole. */
  #collect(chunk: Buffer, longestBytes: number): Buffer | undefined {
    if (this.#partBytes < headerBytes) {
      this.#move(chunk, headerBytes - this.#partBytes, headerBytes);
      if (this.#partBytes < headerBytes) return undefined;
    }
    const length = checkedLength(this.#part, 0, longestBytes);
    if (this.#at < chunk.length && this.#chunks[0] === chunk) this.#move(chunk, length - this.#partBytes, length);
    if (this.#partBytes < length) return undefined;
    const whole = this.#part.subarray(0, length);
    this.#part = Buffer.alloc(0);
    this.#partBytes = 0;
    return whole;
  }

  #move(chunk: Buffer, wanted: number, messageBytes: number): void {
    const count = Math.min(wanted, chunk.length - this.#at);
    const needed = this.#partBytes + count;
    if (needed > this.#part.length) {
      const capacity = Math.min(
        Math.max(needed, this.#part.length * 2, firstPartBytes),
        Math.max(messageBytes, needed),
      );
      const grown = Buffer.allocUnsafeSlow(capacity);
      this.#part.copy(grown, 0, 0, this.#partBytes);
      this.#part = grown;
    }
    chunk.copy(this.#part, this.#partBytes, this.#at, this.#at + count);
    this.#partBytes = needed;
    this.#consume(chunk, count);
  }

  #consume(chunk: Buffer, count: number): void {
    this.#waitingBytes -= count;
    this.#at += count;
    if (this.#at < chunk.length) return;
    this.#chunks.shift();
    this.#at = 0;
  }
}

function checkedLength(bytes: Buffer, at: number, longestBytes: number): number {
  const length = readInt32(bytes, at + lengthAt);
  if (length >= headerBytes && length <= longestBytes) return length;
  throw new MongoError('ProtocolError', `message length ${length} is not between ${headerBytes} and ${longestBytes}`);
}
