import { describe, expect, it } from 'vitest';
import { isMongoError } from '../error/mongo-error.ts';
import { document } from './literal.ts';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  bsonUndefined,
  Code,
  DBPointer,
  Decimal128,
  maxKey,
  minKey,
  ObjectId,
  Timestamp,
} from './scalar.ts';
import { validateDocument } from './validate.ts';
import { CodeWithScope } from './value.ts';
import { encodeDocument } from './write.ts';

function refusal(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  try {
    validateDocument(bytes, 0, bytes.length);
  } catch (thrown) {
    if (isMongoError(thrown)) return thrown.codeName;
    throw thrown;
  }
  return 'accepted';
}

function nested(levels: number): Buffer {
  let inner = document({});
  for (let level = 0; level < levels; level++) inner = document({ a: inner });
  return encodeDocument(inner);
}

describe('validateDocument', () => {
  it('accepts a document with a value of every type', () => {
    const bytes = encodeDocument(
      document({
        double: 1.5,
        string: 'zwölf \u{1f600}',
        long: 'x'.repeat(500),
        object: { a: { b: [] } },
        array: [1, 'two', { three: 3 }],
        binData: new Binary(Buffer.from('abc'), 0),
        oldBinData: new Binary(Buffer.from('abc'), 2),
        undefined: bsonUndefined,
        objectId: new ObjectId('0123456789abcdef01234567'),
        bool: true,
        date: new Date(0),
        null: null,
        regex: new BSONRegExp('a.b', 'i'),
        dbPointer: new DBPointer('a.b', new ObjectId('0123456789abcdef01234567')),
        javascript: new Code('1'),
        symbol: new BSONSymbol('s'),
        javascriptWithScope: new CodeWithScope('1', document({ x: 1 })),
        int: 1,
        timestamp: new Timestamp(1n),
        int64: 1n,
        decimal: Decimal128.fromString('1.5'),
        minKey,
        maxKey,
        ünïcode: 1,
      }),
    );
    expect(validateDocument(bytes, 0, bytes.length)).toBe(bytes.length);
  });

  it('answers the offset behind a document that is followed by others', () => {
    const bytes = Buffer.concat([nested(1), nested(2)]);
    const behind = validateDocument(bytes, 0, bytes.length);
    expect(behind).toBe(nested(1).length);
    expect(validateDocument(bytes, behind, bytes.length)).toBe(bytes.length);
  });

  it('refuses every cut of a valid document', () => {
    const whole = encodeDocument(document({ a: 'text', b: { c: [1, 2n, null] }, d: new BSONRegExp('x', '') }));
    for (let length = 0; length < whole.length; length++) {
      const cut = Buffer.from(whole.subarray(0, length));
      if (length >= 4) cut.writeInt32LE(length, 0);
      expect(() => validateDocument(cut, 0, cut.length), `cut to ${length}`).toThrow();
    }
  });

  it.each([
    ['a length below five', '0400000000'],
    ['a negative length', 'ffffffff00'],
    ['a length beyond the bytes', '0600000000'],
    ['no closing NUL', '0500000001'],
    ['an early end', '060000000000'],
    ['an unknown type', '0c0000005561000000000000'],
    ['a string length of zero', '0c0000000261000000000000'],
    ['a negative string length', '0c00000002610000ffffffff00'],
    ['a string longer than its document', '0e00000002610005000000620000'],
    ['a string that does not end in NUL', '0e0000000261000200000062620000'],
    ['a string that is not UTF-8', '0e00000002610002000000ff0000'],
    ['a surrogate half in UTF-8', '1000000002610004000000eda0800000'],
    ['a name that is not UTF-8', '080000000aff0000'],
    ['a name without end', '080000000a616161'],
    ['a boolean that is two', '090000000861000200'],
    ['an embedded document longer than its document', '0d000000036100ff0000000000'],
    ['a regular expression without end', '0b0000000b610061006100'],
    ['negative binary length', '0d000000056100ffffffff0000'],
    ['disagreeing lengths in binary subtype 2', '13000000056100060000000203000000010200'],
  ])('refuses %s', (_, hex) => {
    expect(refusal(hex)).toBe('InvalidBSON');
  });

  it('accepts nesting to the limit and calls one level more an overflow', () => {
    const limit = 7;
    const fits = nested(limit);
    expect(validateDocument(fits, 0, fits.length, limit)).toBe(fits.length);
    const exceeds = nested(limit + 1);
    expect(() => validateDocument(exceeds, 0, exceeds.length, limit)).toThrow(
      expect.objectContaining({ codeName: 'Overflow' }),
    );
  });

  it('neither crashes nor runs on whatever byte is changed', () => {
    const whole = encodeDocument(document({ a: 'text', b: { c: [1, 2n] }, d: new Binary(Buffer.from('xy'), 2) }));
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0, 1, 2, 0x7f, 0x80, 0xff]) {
        const bytes = Buffer.from(whole);
        bytes[at] = value;
        try {
          expect(validateDocument(bytes, 0, bytes.length)).toBeLessThanOrEqual(bytes.length);
        } catch (thrown) {
          expect(isMongoError(thrown, 'InvalidBSON', 'Overflow'), String(thrown)).toBe(true);
        }
      }
    }
  });
});
