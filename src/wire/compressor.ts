/**
 * The compressors of OP_COMPRESSED. Small contents are packed at once; large ones off the event loop, so that nobody else
 * waits for them. The announced size is checked before anything is unpacked, and unpacking stops at it.
 */
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { MongoError } from '../error/mongo-error.ts';

/** Numbers of the compressors on the wire. */
export type CompressorId = 0 | 1 | 2 | 3;

/** One way of packing bytes. */
export interface Compressor {
  readonly id: CompressorId;
  /** Name in hello's `compression`. */
  readonly name: string;
  readonly isAvailable: () => boolean;
  compress(bytes: Buffer): Buffer | Promise<Buffer>;
  /** Throws or rejects where the bytes do not decompress; never answers many more than `sizeBytes`. */
  decompress(bytes: Buffer, sizeBytes: number): Buffer | Promise<Buffer>;
}

/** Up to here compressing takes well under a millisecond. */
const atOnceBytes = 64 * 1024;

const load = createRequire(import.meta.url);
let loadedSnappy: typeof import('snappy') | false | undefined;

/** The native module, loaded when a client first offers it; false where this platform has no binary of it. */
function snappy(): typeof import('snappy') | false {
  if (loadedSnappy !== undefined) return loadedSnappy;
  try {
    loadedSnappy = load('snappy') as typeof import('snappy');
  } catch {
    loadedSnappy = false;
  }
  return loadedSnappy;
}

function requireSnappy(): typeof import('snappy') {
  const loaded = snappy();
  if (loaded === false) throw new MongoError('ProtocolError', 'this server has no snappy');
  return loaded;
}

/** The length that raw snappy begins with: a little-endian base-128 number. */
function snappyLength(bytes: Buffer): number {
  let length = 0;
  for (let at = 0; at < 5 && at < bytes.length; at++) {
    const byte = bytes[at] as number;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 128) return length;
  }
  return -1;
}

type ZlibFunction = (bytes: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;
const deflate: ZlibFunction = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.deflate);
const inflate: ZlibFunction = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate);

/** What newer versions of Node have in `node:zlib`. */
interface ZstdFunctions {
  zstdCompressSync(bytes: Buffer): Buffer;
  zstdDecompressSync(bytes: Buffer, options: { maxOutputLength: number }): Buffer;
  zstdCompress(bytes: Buffer, answer: (error: Error | null, bytes: Buffer) => void): void;
  zstdDecompress(
    bytes: Buffer,
    options: { maxOutputLength: number },
    answer: (error: Error | null, bytes: Buffer) => void,
  ): void;
}

const hasZstd = 'zstdCompress' in zlib;
const zstd = zlib as typeof zlib & ZstdFunctions;

export const compressors: readonly Compressor[] = [
  {
    id: 0,
    name: 'noop',
    isAvailable: () => true,
    compress: (bytes) => bytes,
    decompress: (bytes) => bytes,
  },
  {
    id: 1,
    name: 'snappy',
    isAvailable: () => snappy() !== false,
    compress: (bytes) =>
      bytes.length <= atOnceBytes ? requireSnappy().compressSync(bytes) : requireSnappy().compress(bytes),
    decompress(bytes, sizeBytes) {
      if (snappyLength(bytes) !== sizeBytes) throw new MongoError('ProtocolError', 'snappy length differs from size');
      const options = { asBuffer: true };
      if (sizeBytes <= atOnceBytes) return requireSnappy().uncompressSync(bytes, options) as Buffer;
      return requireSnappy().uncompress(bytes, options) as Promise<Buffer>;
    },
  },
  {
    id: 2,
    name: 'zlib',
    isAvailable: () => true,
    compress: (bytes) => (bytes.length <= atOnceBytes ? zlib.deflateSync(bytes) : deflate(bytes, {})),
    decompress(bytes, sizeBytes) {
      const options = { maxOutputLength: Math.max(sizeBytes, 1) };
      return sizeBytes <= atOnceBytes ? zlib.inflateSync(bytes, options) : inflate(bytes, options);
    },
  },
  {
    id: 3,
    name: 'zstd',
    isAvailable: () => hasZstd,
    compress: (bytes) =>
      bytes.length <= atOnceBytes
        ? zstd.zstdCompressSync(bytes)
        : promised((answer) => zstd.zstdCompress(bytes, answer)),
    decompress(bytes, sizeBytes) {
      const options = { maxOutputLength: Math.max(sizeBytes, 1) };
      if (sizeBytes <= atOnceBytes) return zstd.zstdDecompressSync(bytes, options);
      return promised((answer) => zstd.zstdDecompress(bytes, options, answer));
    },
  },
];

function promised(start: (answer: (error: Error | null, bytes: Buffer) => void) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    start((error, bytes) => (error === null ? resolve(bytes) : reject(error)));
  });
}
