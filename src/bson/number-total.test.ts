import { describe, expect, it } from 'vitest';
import { NumberTotal } from './number-total.ts';
import { printValue } from './print.ts';
import { Decimal128, double, type Numeric } from './scalar.ts';

function total(...values: readonly Numeric[]): NumberTotal {
  const sum = new NumberTotal();
  for (const value of values) sum.add(value);
  return sum;
}

describe('a total of numbers', () => {
  it('has the widest type that was added', () => {
    expect(total(1, 2).sum()).toBe(3);
    expect(total(1, 2n).sum()).toBe(3n);
    expect(printValue(total(1, 2n, double(3)).sum())).toBe('6.0');
    expect(total(1, Decimal128.fromString('2.50')).sum().toString()).toBe('3.50');
  });

  it('keeps what adding doubles one by one would lose', () => {
    expect(total(...new Array<number>(10).fill(0.1)).sum()).toEqual(double(1));
    expect(total(1e100, double(1), -1e100).sum()).toEqual(double(1));
  });

  it('grows from int to long to double', () => {
    expect(total(2147483647, 1).sum()).toBe(2147483648n);
    expect(total(2n ** 63n - 1n, 1).sum()).toBe(2 ** 63);
  });

  it('averages to a double, or a decimal where there is one, or null', () => {
    expect(total(1, 2).average()).toBe(1.5);
    expect(total(Decimal128.fromString('1'), 2).average()?.toString()).toBe('1.5');
    expect(total().average()).toBeNull();
  });

  it('is what it was after a number is taken back, infinities too', () => {
    const sum = total(0.1, Number.POSITIVE_INFINITY, 3, Decimal128.fromString('1'));
    sum.remove(Number.POSITIVE_INFINITY);
    sum.remove(Decimal128.fromString('1'));
    expect(printValue(sum.sum())).toBe('3.1');
    expect(sum.count).toBe(2);
  });
});
