import { readExact, truncateExact } from '../../bson/exact-decimal.ts';
import { Decimal128, Double, dateOf, int64Max, int64Min, millisecondsOf, type Numeric } from '../../bson/scalar.ts';
import { MongoError } from '../../error/mongo-error.ts';

/** The date that lies this many milliseconds later (`sign` 1) or earlier (-1). Throws Overflow beyond what a date holds. */
export function shiftDate(date: Date, byMs: Numeric, sign: 1 | -1, name: string): Date {
  const shifted = millisecondsOf(date) + BigInt(sign) * wholeMilliseconds(byMs, name);
  if (shifted < int64Min || shifted > int64Max) throw dateOverflow(name);
  return dateOf(shifted);
}

function dateOverflow(name: string): MongoError {
  return new MongoError('Overflow', `date overflow in ${name}`);
}

/** Doubles go to the nearest integer, halves away from zero; decimals halves to even. */
function wholeMilliseconds(value: Numeric, name: string): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Decimal128) {
    const exact = readExact(value);
    const isWithin = exact.kind === 'finite' && exact.exponent + exact.coefficient.toString().length < 21;
    const whole = isWithin ? truncateExact(exact, 'halfEven') : undefined;
    if (whole === undefined || whole < int64Min || whole > int64Max) throw dateOverflow(name);
    return whole;
  }
  const number = value instanceof Double ? value.value : value;
  const whole = Math.sign(number) * Math.round(Math.abs(number));
  if (!(whole >= -(2 ** 63) && whole < 2 ** 63)) throw dateOverflow(name);
  return BigInt(whole);
}
