import { describe, expect, it } from 'vitest';
import { printValue } from '../bson/print.ts';
import { Decimal128, double } from '../bson/scalar.ts';
import { findGranularity } from './granularity.ts';

describe('preferred numbers', () => {
  it.each([
    ['R5', 1, '1.6', '0.63'],
    ['R5', 63, '100.0', '40.0'],
    ['1-2-5', 7, '10.0', '5.0'],
    ['E6', 10, '15.0', '6.8'],
    ['E24', 0.5, '0.51', '0.47'],
    ['E192', 920, '931.0', '909.0'],
    ['POWERSOF2', 8, '16', '4'],
    ['POWERSOF2', 9, '16', '8'],
  ])('of %s around %d are never the number itself', (name, value, above, below) => {
    const granularity = findGranularity(name);
    expect(printValue(granularity?.above(double(value)))).toBe(above);
    expect(printValue(granularity?.below(double(value)))).toBe(below);
  });

  it('leave zero alone and keep decimals decimals', () => {
    const granularity = findGranularity('R5');
    expect(printValue(granularity?.above(double(0)))).toBe('0.0');
    expect(printValue(granularity?.above(Decimal128.fromString('1')))).toBe('1.6');
  });

  it('of an unknown name are not there', () => {
    expect(findGranularity('R6')).toBeUndefined();
  });
});
