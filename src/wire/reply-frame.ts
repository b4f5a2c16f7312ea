/**
 * Frames of answers: OP_MSG to an OP_MSG, OP_REPLY to an OP_QUERY. The frame is begun in the writer that the reply
 * document is then encoded into, and finished by filling in what was not known before: one buffer, no copy.
 *
 *   OP_REPLY   | header | flags int32 | cursor id int64 | starting from int32 | documents int32 | document |
 */
import { BsonWriter } from '../bson/write.ts';
import { crc32c } from './crc32c.ts';
import { headerBytes, lengthAt, OpCode } from './header.ts';
import { Flag } from './op-msg.ts';
import type { Answerable } from './request.ts';

const messageFlagsAt = headerBytes;
/** OP_REPLY flag AwaitCapable, which MongoDB always sets. */
const awaitCapable = 8;

/** From here on a finished frame keeps the writer's buffer instead of being copied out of it. */
const largeFrameBytes = 16 * 1024;
const writerBytes = 4 * 1024;

/** Encodes one answer after the other; what `finish` gives away is never written to again. */
export class ReplyFrame {
  #writer = new BsonWriter(writerBytes);

  /** Begins the frame that answers `request`; the reply document is to be written next, and nothing else. */
  begin(request: Answerable, requestId: number): BsonWriter {
    const writer = this.#writer;
    writer.reset();
    writer.int32(0);
    writer.int32(requestId);
    writer.int32(request.requestId);
    if (request.form === 'message') {
      writer.int32(OpCode.message);
      writer.int32(0);
      writer.byte(0);
    } else {
      writer.int32(OpCode.reply);
      writer.int32(awaitCapable);
      writer.int64(0n);
      writer.int32(0);
      writer.int32(1);
    }
    return writer;
  }

  /** The whole frame. `moreToCome`: further answers follow without a request. */
  finish(request: Answerable, moreToCome: boolean): Buffer {
    const writer = this.#writer;
    if (request.hasChecksum) writer.int32(0);
    const frame = this.#takeBytes();
    frame.writeInt32LE(frame.length, lengthAt);
    const flags = (moreToCome ? Flag.moreToCome : 0) | (request.hasChecksum ? Flag.checksumPresent : 0);
    if (flags !== 0) frame.writeInt32LE(flags, messageFlagsAt);
    if (request.hasChecksum) frame.writeUInt32LE(crc32c(frame, 0, frame.length - 4), frame.length - 4);
    return frame;
  }

  #takeBytes(): Buffer {
    const writer = this.#writer;
    if (writer.length < largeFrameBytes) return writer.take();
    this.#writer = new BsonWriter(writerBytes);
    return writer.view();
  }
}
