import { describe, expect, it } from 'vitest';
import { printValue } from '../../bson/print.ts';
import { Decimal128, double, type Numeric } from '../../bson/scalar.ts';
import { NumberTotal } from './number-total.ts';

function sumOf(...numbers: readonly Numeric[]): string {
  const total = new NumberTotal();
  for (const number of numbers) total.add(number);
  return printValue(total.sum());
}

describe('a total', () => {
  it('has the widest type that went in', () => {
    expect(sumOf(1, 2)).toBe('3');
    expect(sumOf(1, double(2))).toBe('3.0');
    expect(sumOf(1, Decimal128.fromString('2.50'))).toBe('3.50');
  });

  it('grows from int to long to double where it must', () => {
    const total = new NumberTotal();
    total.add(2147483647);
    total.add(1);
    expect(total.sum()).toBe(2147483648n);
    total.add(2n ** 63n - 1n);
    expect(printValue(total.sum())).toBe('9223372039002260000.0');
  });

  it('does not lose small numbers beside large ones', () => {
    expect(sumOf(1e16, 1.5, 1.5, -1e16)).toBe('3.0');
  });

  it('is what it was after a number is taken back, infinities too', () => {
    const total = new NumberTotal();
    for (const number of [0.1, Number.POSITIVE_INFINITY, 3, Decimal128.fromString('1')]) total.add(number);
    total.remove(Number.POSITIVE_INFINITY);
    total.remove(Decimal128.fromString('1'));
    expect(printValue(total.sum())).toBe('3.1');
    expect(total.count).toBe(2);
  });

  it('averages to a double, or a decimal where one is in', () => {
    const total = new NumberTotal();
    expect(total.average()).toBeNull();
    total.add(1);
    total.add(4n);
    expect(total.average()).toBe(2.5);
    total.add(Decimal128.fromString('1'));
    expect(printValue(total.average() ?? undefined)).toBe('2');
  });
});
