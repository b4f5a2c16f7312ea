import { describe, expect, it } from 'vitest';
import { compareValues } from './compare.ts';
import { document } from './literal.ts';
import { encodeKeyPart, invert } from './ordered-key.ts';
import {
  Binary,
  BSONRegExp,
  bsonUndefined,
  Code,
  Decimal128,
  Double,
  maxKey,
  minKey,
  ObjectId,
  Timestamp,
} from './scalar.ts';
import type { Value } from './value.ts';

const decimal = (text: string): Decimal128 => Decimal128.fromString(text);

/** In MongoDB's order; values in one inner list are equal. */
const ascending: Value[][] = [
  [minKey],
  [bsonUndefined],
  [null],
  [Number.NaN, decimal('NaN')],
  [Number.NEGATIVE_INFINITY, decimal('-Infinity')],
  [decimal('-1E6000')],
  [-(2n ** 63n), new Double(-(2 ** 63))],
  [-(2n ** 53n) - 1n, decimal('-9007199254740993')],
  [-(2n ** 53n), new Double(-(2 ** 53))],
  [-1.5, decimal('-1.5')],
  [-1, -1n, new Double(-1), decimal('-1.0')],
  [decimal('-1E-6000')],
  [0, 0n, -0, decimal('0.00'), decimal('-0')],
  [decimal('1E-6000')],
  [decimal('0.1')],
  [0.1],
  [1, 1n, new Double(1), decimal('1.00')],
  [2n ** 53n],
  [2n ** 53n + 1n, decimal('9007199254740993')],
  [2n ** 53n + 2n],
  [2n ** 63n - 1n],
  [decimal('1E6000')],
  [Number.POSITIVE_INFINITY, decimal('Infinity')],
  [''],
  ['\0'],
  ['\0a'],
  ['a'],
  ['a\0'],
  ['ab'],
  ['\uffff'],
  ['\u{10000}'],
  [document({})],
  [document({ b: 1 })],
  [document({ a: 'x' })],
  [document({ a: 'x', b: null })],
  [[]],
  [[1]],
  [[1, 2]],
  [[2]],
  [new Binary(Buffer.from([9]), 0)],
  [new Binary(Buffer.from([1, 1]), 0)],
  [new ObjectId('000000000000000000000001')],
  [new ObjectId('000000000000000000000002')],
  [false],
  [true],
  [new Date(-1)],
  [new Date(1)],
  [new Timestamp({ t: 1, i: 2 })],
  [new Timestamp({ t: 4_000_000_000, i: 0 })],
  [new BSONRegExp('a', '')],
  [new BSONRegExp('a', 'i')],
  [new Code('x')],
  [maxKey],
];

describe('the order of values', () => {
  const flat = ascending.flatMap((equals, rank) => equals.map((value) => ({ value, rank })));

  it('compares every pair as MongoDB does', () => {
    for (const left of flat) {
      for (const right of flat) {
        expect(Math.sign(compareValues(left.value, right.value)), `${left.rank} against ${right.rank}`).toBe(
          Math.sign(left.rank - right.rank),
        );
      }
    }
  });

  it('is the byte order of encoded keys, and its reverse for descending ones', () => {
    const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    for (const left of flat) {
      for (const right of flat) {
        const [a, b] = [encodeKeyPart(left.value), encodeKeyPart(right.value)];
        const isNullPair = [left, right].every(({ value }) => value === null || value === bsonUndefined);
        if (isNullPair) continue;
        expect(order(a, b), `${left.rank} against ${right.rank}`).toBe(Math.sign(left.rank - right.rank));
        expect(order(invert(a), invert(b))).toBe(Math.sign(right.rank - left.rank));
      }
    }
  });
});
