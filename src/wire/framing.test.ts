import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { FrameReader } from './framing.ts';

function frame(bodyBytes: number, fill: number): Buffer {
  const bytes = Buffer.alloc(16 + bodyBytes, fill);
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
}

function drain(reader: FrameReader): Buffer[] {
  const frames: Buffer[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) frames.push(next);
  return frames;
}

describe('FrameReader', () => {
  const frames = [frame(0, 1), frame(7, 2), frame(100_000, 3), frame(1, 4)];
  const stream = Buffer.concat(frames);

  it.each([1, 3, 16, 17, 1000, 65_536, stream.length])('finds every message in chunks of %i bytes', (chunkBytes) => {
    const reader = new FrameReader();
    const found: Buffer[] = [];
    for (let at = 0; at < stream.length; at += chunkBytes) {
      reader.push(stream.subarray(at, at + chunkBytes));
      found.push(...drain(reader));
    }
    expect(Buffer.concat(found).equals(stream)).toBe(true);
    expect(found.length).toBe(frames.length);
    expect(reader.bufferedBytes).toBe(0);
  });

  it('finds every message when chunks wait for a busy reader', () => {
    const reader = new FrameReader();
    for (let at = 0; at < stream.length; at += 5000) reader.push(stream.subarray(at, at + 5000));
    expect(reader.bufferedBytes).toBe(stream.length);
    expect(drain(reader).map((each) => each.length)).toEqual(frames.map((each) => each.length));
  });

  it('gives a message that lies in one chunk without copying it', () => {
    const reader = new FrameReader();
    reader.push(stream);
    expect(reader.next()?.buffer).toBe(stream.buffer);
  });

  it('does not reserve what is only announced', () => {
    const reader = new FrameReader();
    const header = Buffer.alloc(20);
    header.writeInt32LE(limits.messageSizeBytes, 0);
    reader.push(header);
    expect(reader.next()).toBeUndefined();
    expect(reader.bufferedBytes).toBe(20);
  });

  it.each([-1, 0, 15, limits.messageSizeBytes + 1, 0x20544547])('refuses the length %i', (length) => {
    for (const chunkBytes of [4, 16]) {
      const reader = new FrameReader();
      const header = Buffer.alloc(16);
      header.writeInt32LE(length, 0);
      reader.push(header.subarray(0, chunkBytes));
      const rest = header.subarray(chunkBytes);
      expect(() => {
        reader.next();
        reader.push(rest);
        reader.next();
      }).toThrow(expect.objectContaining({ codeName: 'ProtocolError' }));
    }
  });
});
