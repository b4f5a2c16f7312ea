import { describe, expect, it } from 'vitest';
import { hashValue } from './hash-value.ts';
import { document } from './literal.ts';
import { Decimal128, double } from './scalar.ts';

describe('the hash of a value', () => {
  it('is MongoDB’s', () => {
    expect(hashValue(1)).toBe(5902408780260971510n);
  });

  it('is the same for numbers with the same integer part, whatever their type', () => {
    for (const value of [1n, double(1), double(1.9), Decimal128.fromString('1.00')])
      expect(hashValue(value)).toBe(hashValue(1));
    expect(hashValue(Number.NaN)).toBe(hashValue(0));
  });

  it('tells documents apart by names and arrays by order', () => {
    expect(hashValue(document({ a: 1 }))).not.toBe(hashValue(document({ b: 1 })));
    expect(hashValue([1, 2])).not.toBe(hashValue([2, 1]));
    expect(hashValue([1])).not.toBe(hashValue(document({ 0: 1 })));
  });
});
