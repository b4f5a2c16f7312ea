import { Decimal128 } from 'bson';
import { describe, expect, it } from 'vitest';
import { isEqual, isEqualIgnoringOrderIn, isEqualInAnyOrder } from './equality.ts';
import { type BsonValue, document, int, string } from './value.ts';

const double = (value: number): BsonValue => ({ type: 'double', value });
const long = (value: bigint): BsonValue => ({ type: 'long', value });
const decimal = (text: string): BsonValue => ({
  type: 'decimal',
  bytes: Buffer.from(Decimal128.fromString(text).bytes),
});
const array = (...items: BsonValue[]): BsonValue => ({ type: 'array', items });
const approx = (value: number, tolerance: number, nanOk = false): BsonValue => ({
  type: 'approx',
  value,
  tolerance,
  nanOk,
});

describe('equality', () => {
  it('keeps the number types apart', () => {
    const ones = [int(1), long(1n), double(1), decimal('1'), { type: 'bool', value: true } as const];
    for (const [i, left] of ones.entries()) {
      for (const [j, right] of ones.entries()) expect(isEqual(left, right)).toBe(i === j);
    }
  });

  it('keeps -0 from 0 and 1.0 from 1.00, and holds NaN equal to NaN', () => {
    expect(isEqual(double(-0), double(0))).toBe(false);
    expect(isEqual(decimal('1.0'), decimal('1.00'))).toBe(false);
    expect(isEqual(double(Number.NaN), double(Number.NaN))).toBe(true);
    expect(isEqual(decimal('NaN'), decimal('NaN'))).toBe(true);
  });

  it('holds NaN of double and decimal equal only when told to', () => {
    expect(isEqual(double(Number.NaN), decimal('NaN'))).toBe(false);
    expect(isEqual(array(double(Number.NaN)), array(decimal('NaN')), { nanAnyType: true })).toBe(true);
  });

  it('disregards key order, but neither missing, further nor doubled keys', () => {
    const expected = document([
      ['a', int(1)],
      ['b', int(2)],
    ]);
    expect(
      isEqual(
        expected,
        document([
          ['b', int(2)],
          ['a', int(1)],
        ]),
      ),
    ).toBe(true);
    expect(isEqual(expected, document([['a', int(1)]]))).toBe(false);
    expect(
      isEqual(
        expected,
        document([
          ['a', int(1)],
          ['b', int(2)],
          ['c', int(3)],
        ]),
      ),
    ).toBe(false);
    expect(
      isEqual(
        document([['a', int(1)]]),
        document([
          ['a', int(1)],
          ['a', int(1)],
        ]),
      ),
    ).toBe(false);
  });

  it('regards the order of arrays, unless any will do', () => {
    const [one, two] = [int(1), int(2)];
    expect(isEqual(array(one, two), array(two, one))).toBe(false);
    expect(isEqualInAnyOrder([one, two], [two, one], isEqual)).toBe(true);
    expect(isEqualInAnyOrder([one, one], [one, two], isEqual)).toBe(false);
  });

  it('disregards order only in the fields that are named', () => {
    const expected = document([
      ['set', array(int(1), int(2))],
      ['list', array(int(1), int(2))],
    ]);
    const setTurned = document([
      ['set', array(int(2), int(1))],
      ['list', array(int(1), int(2))],
    ]);
    expect(isEqualIgnoringOrderIn(['set'], expected, setTurned, {})).toBe(true);
    expect(isEqualIgnoringOrderIn(['list'], expected, setTurned, {})).toBe(false);
  });

  it('takes a near number of any binary type for an approximation', () => {
    expect(isEqual(approx(1, 0.1), double(1.05))).toBe(true);
    expect(isEqual(approx(1, 0.1), int(1))).toBe(true);
    expect(isEqual(approx(1, 0.1), double(1.2))).toBe(false);
    expect(isEqual(approx(1, 0.1), decimal('1'))).toBe(false);
    expect(isEqual(approx(1, 0.1), string('1'))).toBe(false);
  });

  it('holds an infinite approximation equal to itself only, and NaN where it is welcome', () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect(isEqual(approx(infinity, infinity), double(infinity))).toBe(true);
    expect(isEqual(approx(infinity, infinity), double(1))).toBe(false);
    expect(isEqual(approx(Number.NaN, 1, true), double(Number.NaN))).toBe(true);
    expect(isEqual(approx(Number.NaN, 1), double(Number.NaN))).toBe(false);
  });
});
