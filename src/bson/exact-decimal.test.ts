import { describe, expect, it } from 'vitest';
import {
  addExact,
  compareExact,
  cutAt,
  divideExact,
  exactOfDouble,
  multiplyExact,
  readExact,
  remainderExact,
  squareRootExact,
  writeExact,
} from './exact-decimal.ts';
import { Decimal128 } from './scalar.ts';

const read = (text: string) => readExact(Decimal128.fromString(text));

describe('decimal128 arithmetic', () => {
  it('reads and writes every form unchanged', () => {
    for (const text of [
      '0',
      '-0',
      '1.00',
      '0E-6176',
      '9.999999999999999999999999999999999E+6144',
      '1E-6176',
      'NaN',
      '-Infinity',
    ]) {
      expect(writeExact(read(text)).toString()).toBe(text);
    }
  });

  it('gives exact results the exponent that the operation prefers', () => {
    expect(writeExact(addExact(read('10.5'), read('20.50'))).toString()).toBe('31.00');
    expect(writeExact(multiplyExact(read('1.5'), read('2.0'))).toString()).toBe('3.00');
    expect(writeExact(divideExact(read('10.0'), read('2'))).toString()).toBe('5.0');
    expect(writeExact(squareRootExact(read('1.00000000000000000000000000000000'))).toString()).toBe(
      '1.0000000000000000',
    );
    expect(writeExact(addExact(read('5'), read('0E-6176'))).toString()).toBe('5.000000000000000000000000000000000');
  });

  it('fills 34 digits of inexact results, rounded half to even', () => {
    expect(writeExact(divideExact(read('100'), read('7'))).toString()).toBe('14.28571428571428571428571428571429');
    expect(writeExact(divideExact(read('0.5000000000000000000000000000000001'), read('2'))).toString()).toBe(
      '0.2500000000000000000000000000000000',
    );
    expect(writeExact(addExact(read('1E+100'), read('-1'))).toString()).toBe(
      '1.000000000000000000000000000000000E+100',
    );
  });

  it('overflows to infinity and underflows to the smallest zero', () => {
    const largest = read('9.999999999999999999999999999999999E+6144');
    expect(writeExact(addExact(largest, largest)).toString()).toBe('Infinity');
    expect(writeExact(divideExact(read('1E-6176'), read('2'))).toString()).toBe('0E-6176');
  });

  it('keeps the dividend’s sign in a remainder and leaves it alone against infinity', () => {
    expect(writeExact(remainderExact(read('-10.5'), read('3'))).toString()).toBe('-1.5');
    expect(writeExact(remainderExact(read('10'), read('-Infinity'))).toString()).toBe('10');
  });

  it('orders by value whatever the exponent', () => {
    expect(compareExact(read('1.0'), read('1.00'))).toBe(0);
    expect(compareExact(read('-2'), read('-1E+1'))).toBe(1);
    expect(compareExact(read('NaN'), read('-Infinity'))).toBe(-1);
  });

  it('takes 15 digits of a double for arithmetic and all of it for sums', () => {
    expect(writeExact(exactOfDouble(2.5, 15)).toString()).toBe('2.50000000000000');
    expect(writeExact(exactOfDouble(2.5, 34)).toString()).toBe('2.5');
    expect(writeExact(exactOfDouble(3.14, 34)).toString()).toBe('3.140000000000000124344978758017533');
  });

  it('cuts half to even, down, to the floor or the ceiling', () => {
    const cut = (text: string, rounding: 'halfEven' | 'down' | 'floor' | 'ceiling') =>
      writeExact(cutAt(read(text), 0, rounding)).toString();
    expect([cut('10.5', 'halfEven'), cut('-1.5', 'down'), cut('-1.5', 'floor'), cut('1E-6143', 'ceiling')]).toEqual([
      '10',
      '-1',
      '-2',
      '1',
    ]);
  });
});
