import { describe, expect, it } from 'vitest';
import { document } from './literal.ts';
import { BsonWriter, encodeDocument } from './write.ts';

const mebibyte = 1024 * 1024;

describe('a writer of BSON', () => {
  it('gives a copy of exact size that later writing leaves alone', () => {
    const writer = new BsonWriter(16);
    writer.utf8('first');
    const bytes = writer.take();
    writer.utf8('other');
    expect(bytes.toString()).toBe('first');
    expect(bytes.length).toBe(5);
    expect(writer.view().toString()).toBe('other');
  });

  it('keeps the buffer that it grew to for documents of ordinary size', () => {
    const writer = new BsonWriter(16);
    writer.raw(Buffer.alloc(mebibyte));
    writer.take();
    expect(writer.heldBytes).toBe(mebibyte);
  });

  it.each(['take', 'reset'] as const)('lets go of what one large document made it grow to (%s)', (way) => {
    const writer = new BsonWriter(16);
    writer.raw(Buffer.alloc(17 * mebibyte));
    expect(writer.heldBytes).toBeGreaterThanOrEqual(17 * mebibyte);
    writer[way]();
    expect(writer.heldBytes).toBe(16);
    writer.utf8('small');
    expect(writer.take().toString()).toBe('small');
  });

  it('encodes a document that needs a larger buffer, and the next one', () => {
    const long = 'ä'.repeat(mebibyte);
    expect(encodeDocument(document({ long })).length).toBe(2 * mebibyte + 16);
    expect(encodeDocument(document({ a: 1 })).toString('hex')).toBe('0c0000001061000100000000');
  });
});
