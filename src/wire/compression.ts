/**
 * OP_COMPRESSED (specification "OP_COMPRESSED"): another message, compressed.
 *
 *   | header | original opCode int32 | uncompressed size int32 | compressor uint8 | compressed: all behind the header |
 */
import { readInt32 } from '../bson/read.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { type Compressor, type CompressorId, compressors } from './compressor.ts';
import { headerBytes, lengthAt, OpCode, opCodeOf } from './header.ts';

const originalOpCodeAt = headerBytes;
const sizeAt = headerBytes + 4;
const compressorAt = headerBytes + 8;
const contentsAt = headerBytes + 9;

/** Answers shorter than this gain nothing. */
const worthwhileBytes = 128;

/** Of the compressors that a client offers in hello, those that this server has, in the client's order of preference. */
export function negotiateCompression(offered: readonly string[]): string[] {
  return offered.filter((name) => compressors.some((row) => row.name === name && row.isAvailable()));
}

/** Commands that carry or precede credentials, whose answers are never compressed. */
const neverCompressed: ReadonlySet<string> = new Set([
  'hello',
  'isMaster',
  'ismaster',
  'saslStart',
  'saslContinue',
  'getnonce',
  'authenticate',
  'createUser',
  'updateUser',
  'copydbSaslStart',
  'copydbgetnonce',
  'copydb',
]);

export function isCompressible(commandName: string): boolean {
  return !neverCompressed.has(commandName);
}

/** A frame taken out of its OP_COMPRESSED, with its own header, and what had compressed it. */
export interface DecompressedFrame {
  readonly frame: Buffer;
  readonly compressor: CompressorId;
}

/** Unpacks an OP_COMPRESSED frame to one of at most `longestBytes`. Throws or rejects with ProtocolError where it does not hold what it announces. */
export function decompressFrame(
  frame: Buffer,
  longestBytes: number = limits.messageSizeBytes,
): DecompressedFrame | Promise<DecompressedFrame> {
  if (frame.length < contentsAt) throw new MongoError('ProtocolError', 'OP_COMPRESSED ends before its contents');
  const opCode = readInt32(frame, originalOpCodeAt);
  if (opCode === OpCode.compressed) throw new MongoError('ProtocolError', 'OP_COMPRESSED within OP_COMPRESSED');
  const sizeBytes = readInt32(frame, sizeAt);
  if (sizeBytes < 0 || sizeBytes > longestBytes - headerBytes) {
    throw new MongoError('ProtocolError', `uncompressed size ${sizeBytes} is not a message's`);
  }
  const compressor = compressors.find((row) => row.id === frame[compressorAt] && row.isAvailable());
  if (compressor === undefined) throw new MongoError('ProtocolError', `no compressor ${frame[compressorAt]}`);
  const packed = frame.subarray(contentsAt);
  const finish = (contents: Buffer): DecompressedFrame => {
    if (contents.length !== sizeBytes) {
      throw new MongoError('ProtocolError', `decompressed to ${contents.length} bytes instead of ${sizeBytes}`);
    }
    return { frame: withHeaderOf(frame, opCode, contents), compressor: compressor.id };
  };
  try {
    const contents = compressor.decompress(packed, sizeBytes);
    if (contents instanceof Promise) return contents.then(finish).catch((thrown) => refuse(compressor, thrown));
    return finish(contents);
  } catch (thrown) {
    return refuse(compressor, thrown);
  }
}

function refuse(compressor: Compressor, thrown: unknown): never {
  if (thrown instanceof MongoError) throw thrown;
  throw new MongoError('ProtocolError', `contents are not ${compressor.name}`, { cause: thrown });
}

/** Packs a finished frame; answers the frame itself where packing would not make it shorter. */
export function compressFrame(frame: Buffer, id: CompressorId): Buffer | Promise<Buffer> {
  const compressor = compressors.find((row) => row.id === id);
  if (compressor === undefined || frame.length < worthwhileBytes) return frame;
  const packed = compressor.compress(frame.subarray(headerBytes));
  if (packed instanceof Promise) return packed.then((contents) => packedFrame(frame, id, contents));
  return packedFrame(frame, id, packed);
}

function packedFrame(frame: Buffer, id: CompressorId, contents: Buffer): Buffer {
  if (contents.length + contentsAt > frame.length && id !== 0) return frame;
  const prefix = Buffer.alloc(contentsAt - headerBytes);
  prefix.writeInt32LE(opCodeOf(frame), 0);
  prefix.writeInt32LE(frame.length - headerBytes, 4);
  prefix[8] = id;
  return withHeaderOf(frame, OpCode.compressed, prefix, contents);
}

/** A frame with the ids of another one's header. */
function withHeaderOf(frame: Buffer, opCode: number, ...parts: readonly Buffer[]): Buffer {
  const whole = Buffer.concat([frame.subarray(0, headerBytes), ...parts]);
  whole.writeInt32LE(whole.length, lengthAt);
  whole.writeInt32LE(opCode, headerBytes - 4);
  return whole;
}
