import { describe, expect, it } from 'vitest';
import { document } from './literal.ts';
import { encodeKeyPart } from './ordered-key.ts';
import { dateOf, millisecondsOf } from './scalar.ts';
import { BsonDocument } from './value.ts';
import { encodeDocument } from './write.ts';

const widest = 8_640_000_000_000_000n;
const half = 1n << 32n;

/** In their order. */
const moments = [
  -(1n << 63n),
  -widest - 1n,
  -widest,
  -2_000_000n * half - 1n,
  -2_000_000n * half,
  -half - 1n,
  -half,
  -half + 1n,
  -1n,
  0n,
  1n,
  half - 1n,
  half,
  1_700_000_000_123n,
  2_000_000n * half,
  widest,
  widest + 1n,
  (1n << 63n) - 1n,
];

describe('a date', () => {
  it('is written as the int64 of its milliseconds and read again, within JavaScript’s range and beyond', () => {
    for (const moment of moments) {
      const bytes = encodeDocument(document({ at: dateOf(moment) }));
      expect(bytes.readBigInt64LE(8)).toBe(moment);
      const at = BsonDocument.fromBytes(bytes).get('at');
      expect(at).toBeInstanceOf(Date);
      expect(millisecondsOf(at as Date)).toBe(moment);
    }
  });

  it('has keys in the order of time', () => {
    const keys = moments.map((moment) => encodeKeyPart(dateOf(moment)));
    expect(keys.toSorted()).toEqual(keys);
    expect(new Set(keys).size).toBe(moments.length);
  });
});
