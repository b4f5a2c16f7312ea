import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { compressFrame, decompressFrame, isCompressible, negotiateCompression } from './compression.ts';
import type { CompressorId } from './compressor.ts';

function frame(bodyBytes: number): Buffer {
  const bytes = Buffer.alloc(16 + bodyBytes, 'abcdefgh');
  bytes.writeInt32LE(bytes.length, 0);
  bytes.writeInt32LE(7, 4);
  bytes.writeInt32LE(5, 8);
  bytes.writeInt32LE(2013, 12);
  return bytes;
}

/** An OP_COMPRESSED frame around these bytes. */
function packed(compressor: number, sizeBytes: number, contents: Buffer, opCode = 2013): Buffer {
  const head = Buffer.alloc(25);
  head.writeInt32LE(25 + contents.length, 0);
  head.writeInt32LE(7, 4);
  head.writeInt32LE(2012, 12);
  head.writeInt32LE(opCode, 16);
  head.writeInt32LE(sizeBytes, 20);
  head[24] = compressor;
  return Buffer.concat([head, contents]);
}

async function refusal(bytes: Buffer): Promise<unknown> {
  try {
    await decompressFrame(bytes);
  } catch (thrown) {
    return thrown;
  }
  return 'accepted';
}

const protocolError = expect.objectContaining({ codeName: 'ProtocolError' });

describe('OP_COMPRESSED', () => {
  const ids: [string, CompressorId][] = [
    ['noop', 0],
    ['snappy', 1],
    ['zlib', 2],
    ['zstd', 3],
  ];
  const available = ids.filter(([name]) => negotiateCompression([name]).length === 1);

  it.each(available)('gives back what %s packed, small and large', async (_, id) => {
    for (const bodyBytes of [200, 1_000_000]) {
      const whole = frame(bodyBytes);
      const small = await compressFrame(whole, id);
      expect(small.readInt32LE(0)).toBe(small.length);
      expect(small.readInt32LE(4)).toBe(7);
      expect(small.readInt32LE(8)).toBe(5);
      expect(small.readInt32LE(12)).toBe(2012);
      if (id !== 0) expect(small.length).toBeLessThan(whole.length);
      const again = await decompressFrame(small);
      expect(again.compressor).toBe(id);
      expect(again.frame.equals(whole)).toBe(true);
    }
  });

  it('reads the bytes that snappy and zlib are specified to give', async () => {
    const snappy = packed(1, 16, Buffer.from('103c61626364656667684142434445464748', 'hex'));
    expect((await decompressFrame(snappy)).frame.toString('latin1', 16)).toBe('abcdefghABCDEFGH');
    const zlib = packed(2, 2, Buffer.from('789cabaa0200017000f5', 'hex'));
    expect((await decompressFrame(zlib)).frame.toString('latin1', 16)).toBe('zz');
  });

  it('leaves short answers and those that do not shrink as they are', async () => {
    const short = frame(10);
    expect(await compressFrame(short, 2)).toBe(short);
  });

  it.each([
    ['no contents', packed(2, 0, Buffer.alloc(0)).subarray(0, 24)],
    ['an unknown compressor', packed(9, 3, Buffer.from('abc'))],
    ['a negative size', packed(0, -1, Buffer.from('abc'))],
    ['a size beyond a message', packed(2, limits.messageSizeBytes, deflateSync(Buffer.from('abc')))],
    ['more contents than announced', packed(2, 10, deflateSync(Buffer.alloc(100_000)))],
    ['fewer contents than announced', packed(2, 10, deflateSync(Buffer.alloc(9)))],
    ['a snappy length that differs from the size', packed(1, 17, Buffer.from('103c6162', 'hex'))],
    ['contents that are not snappy', packed(1, 16, Buffer.from('10ffffffff', 'hex'))],
    ['contents that are not zlib', packed(2, 16, Buffer.from('zzzz'))],
    ['large contents that are not zlib', packed(2, 1_000_000, Buffer.from('zzzz'))],
    ['another OP_COMPRESSED inside', packed(0, 3, Buffer.from('abc'), 2012)],
  ])('refuses %s', async (_, bytes) => {
    expect(await refusal(bytes)).toEqual(protocolError);
  });
});

describe('negotiateCompression', () => {
  it('keeps the order of the client and leaves out what is unknown', () => {
    expect(negotiateCompression(['lzma', 'zlib', 'snappy'])).toEqual(['zlib', 'snappy']);
  });
});

describe('isCompressible', () => {
  it('keeps handshake and credentials readable', () => {
    expect(['hello', 'saslStart', 'authenticate', 'createUser'].filter(isCompressible)).toEqual([]);
    expect(isCompressible('find')).toBe(true);
  });
});
