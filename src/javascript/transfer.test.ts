import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { printValue } from '../bson/print.ts';
import { Binary, bsonUndefined, Decimal128, Double, ObjectId, Timestamp } from '../bson/scalar.ts';
import { readValue, writeValues } from './transfer.ts';

describe('values in transfer', () => {
  it('come back with their type, save that bare numbers are doubles', () => {
    const values = [
      'text',
      true,
      null,
      5n,
      new Double(3),
      Number.NaN,
      -0,
      Decimal128.fromString('1.50'),
      new ObjectId('0123456789abcdef01234567'),
      new Date(-5),
      new Binary(Buffer.from([1, 2, 255]), 0),
      new Timestamp({ t: 4_000_000_000, i: 7 }),
      bsonUndefined,
      document({ a: [document({ b: 'c' })] }),
    ];
    for (const value of values) {
      const text = JSON.stringify((JSON.parse(writeValues([value])) as unknown[])[0]);
      expect(printValue(readValue(text))).toBe(printValue(value));
    }
    expect(readValue('7')).toEqual(new Double(7));
    expect(readValue('["n",7]')).toBe(7);
  });

  it('are refused where no BSON can hold them', () => {
    expect(() => readValue('["o","a\\u0000b",1]')).toThrow(/null byte/);
    expect(() => readValue('["D","abc"]')).toThrow(/no decimal/);
    expect(() => readValue('["l","9223372036854775808"]')).toThrow(/64 bits/);
  });
});
