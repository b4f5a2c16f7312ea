import { readExact, truncateExact } from '../../bson/exact-decimal.ts';
import { Decimal128, Double, dateOf, int64Max, int64Min, isInt32, ObjectId, Timestamp } from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { findDate } from '../date-text.ts';
import { signedSeconds } from '../object-id-time.ts';
import { type Conversion, failed, unsupported } from './conversion.ts';

/** From int64, double and decimal as milliseconds (an int32 is refused), and from what holds a time. */
export const toDate: Conversion = (value) => {
  if (value instanceof Date) return value;
  if (typeof value === 'string') return parseDate(value);
  if (value instanceof Timestamp) return new Date(value.t * 1000);
  if (value instanceof ObjectId) return new Date(signedSeconds(value) * 1000);
  const milliseconds = wholeMilliseconds(value);
  if (milliseconds < int64Min || milliseconds > int64Max) throw failed('Conversion would overflow target type');
  return dateOf(milliseconds);
};

function wholeMilliseconds(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Double) return cut(value.value);
  if (typeof value === 'number' && !isInt32(value)) return cut(value);
  if (!(value instanceof Decimal128)) throw unsupported(value, 'date');
  const exact = readExact(value);
  if (exact.kind !== 'finite' || exact.exponent > 20) throw failed('Conversion would overflow target type');
  return truncateExact(exact);
}

function cut(value: number): bigint {
  if (!Number.isFinite(value)) throw failed('Attempt to convert NaN or infinite value to integer type');
  return BigInt(Math.trunc(value));
}

function parseDate(text: string): Date {
  const parsed = findDate(text);
  if (parsed === undefined) throw failed(`Error parsing date string '${text}'`);
  return new Date(parsed.localMs - (parsed.offsetMs ?? 0));
}
