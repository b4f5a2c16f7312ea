import { describe, expect, it } from 'vitest';
import { binaryOperand, type Decimal, toExact, WideDecimal } from './decimal.ts';
import * as functions from './decimal-function.ts';
import { Decimal128 } from './scalar.ts';

const operand = (text: string) => binaryOperand(toExact(Decimal128.fromString(text)));
const digits = (text: string) => new WideDecimal(text).toSignificantDigits(30).toString();

const sizes = [
  '1E+6144',
  '1E+1200',
  '1E+100',
  '15000',
  '5000.1',
  '1.5',
  '1',
  '0.5',
  '1E-30',
  '1E-6143',
  '0',
  'Infinity',
  'NaN',
];

describe('functions of wide decimals', () => {
  it.each(Object.entries(functions))('%s answers at once for arguments of every size', (_, apply) => {
    const startMs = performance.now();
    for (const size of sizes) for (const sign of ['', '-']) apply(operand(`${sign}${size}`));
    expect(performance.now() - startMs).toBeLessThan(2000);
  });

  it('reduces huge angles exactly', () => {
    // From the residue of 10^22 modulo 2π, which is in every text on argument reduction.
    expect(functions.sine(new WideDecimal('1e22')).toSignificantDigits(16).toString()).toBe('-0.8522008497671888');
    const angle = new WideDecimal('1e6144');
    const [sine, cosine] = [functions.sine(angle), functions.cosine(angle)];
    expect(sine.times(sine).plus(cosine.times(cosine)).toSignificantDigits(30).toString()).toBe('1');
    const double = functions.sine(angle.times(2)).toSignificantDigits(30).toString();
    expect(sine.times(cosine).times(2).toSignificantDigits(30).toString()).toBe(double);
  });

  it.each(['0.3', '-0.7', '1', '2.5', '-30'])('agrees with decimal.js near 1: %s', (text) => {
    const value = operand(text);
    expect(digits(`${functions.sine(value)}`)).toBe(digits(`${value.sin()}`));
    expect(digits(`${functions.cosine(value)}`)).toBe(digits(`${value.cos()}`));
    expect(digits(`${functions.tangent(value)}`)).toBe(digits(`${value.tan()}`));
    expect(digits(`${functions.hyperbolicSine(value)}`)).toBe(digits(`${value.sinh()}`));
    expect(digits(`${functions.hyperbolicCosine(value)}`)).toBe(digits(`${value.cosh()}`));
    expect(digits(`${functions.hyperbolicTangent(value)}`)).toBe(digits(`${value.tanh()}`));
  });

  it('knows the limits', () => {
    const told = (apply: (value: Decimal) => Decimal, text: string) => apply(operand(text)).toString();
    expect(told(functions.hyperbolicSine, '-1E+6144')).toBe('-Infinity');
    expect(told(functions.hyperbolicCosine, '-1E+6144')).toBe('Infinity');
    expect(told(functions.hyperbolicTangent, '-1E+6144')).toBe('-1');
    expect(told(functions.hyperbolicTangent, 'Infinity')).toBe('1');
    expect(digits(told(functions.sine, '1E-6143'))).toBe('1e-6143');
    expect(digits(told(functions.hyperbolicArcSine, '-1E+6144'))).toBe(
      `-${digits(told(functions.hyperbolicArcCosine, '1E+6144'))}`,
    );
  });
});
