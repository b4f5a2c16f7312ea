import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { BsonWriter } from '../bson/write.ts';
import { crc32c } from './crc32c.ts';
import { ReplyFrame } from './reply-frame.ts';

describe('crc32c', () => {
  it('gives the check value of CRC-32C', () => {
    expect(crc32c(Buffer.from('123456789'), 0, 9).toString(16)).toBe('e3069283');
  });
});

describe('ReplyFrame', () => {
  const frames = new ReplyFrame();
  const reply = document({ ok: 1 });

  function encode(form: 'message' | 'query', hasChecksum: boolean, moreToCome: boolean): string {
    const request = { requestId: 7, form, hasChecksum };
    frames.begin(request, 9).document(reply);
    return frames.finish(request, moreToCome).toString('hex');
  }

  it('answers an OP_MSG with an OP_MSG', () => {
    expect(encode('message', false, false)).toBe(
      '22000000' + '09000000' + '07000000' + 'dd070000' + '00000000' + '00' + '0d000000106f6b000100000000',
    );
  });

  it('answers an OP_QUERY with an OP_REPLY', () => {
    expect(encode('query', false, false)).toBe(
      '31000000' +
        '09000000' +
        '07000000' +
        '01000000' +
        '08000000' +
        '0000000000000000' +
        '00000000' +
        '01000000' +
        '0d000000106f6b000100000000',
    );
  });

  it('marks an answer that others follow', () => {
    expect(encode('message', false, true).slice(32, 40)).toBe('02000000');
  });

  it('ends in a checksum where the request did', () => {
    const bytes = Buffer.from(encode('message', true, false), 'hex');
    expect(bytes.readInt32LE(0)).toBe(bytes.length);
    expect(bytes.readInt32LE(16)).toBe(1);
    expect(bytes.readUInt32LE(bytes.length - 4)).toBe(crc32c(bytes, 0, bytes.length - 4));
  });

  it('does not write again to bytes that it gave away', () => {
    const large = document({ text: 'x'.repeat(40_000) });
    const request = { requestId: 1, form: 'message', hasChecksum: false } as const;
    const given = [large, reply, large, reply].map((each) => {
      frames.begin(request, 1).document(each);
      const bytes = frames.finish(request, false);
      return { bytes, copy: Buffer.from(bytes) };
    });
    expect(given.every(({ bytes, copy }) => bytes.equals(copy))).toBe(true);
    const writer = new BsonWriter();
    writer.document(large);
    expect(given[0]?.bytes.subarray(21)).toEqual(writer.view());
  });
});
