/** To string and to ObjectId. */
import { Binary, Decimal128, Double, isInt32, millisecondsOf, ObjectId } from '../../bson/scalar.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { calendarDate } from '../calendar.ts';
import { isoDate } from '../iso-date.ts';
import { writeBinary } from './binary.ts';
import { type Conversion, failed, unsupported } from './conversion.ts';

export const toText: Conversion = (value, options) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return isInt32(value) ? String(value) : printDouble(value);
  if (value instanceof Double) return printDouble(value.value);
  if (value instanceof Decimal128) return value.toString();
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Date) return printDate(value);
  if (value instanceof Binary) return writeBinary(value, options.format);
  throw unsupported(value, 'string');
};

/** The shortest digits that read back as the same double; an exponent below -4 and from 16 on. */
function printDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return '-0';
  const [mantissa, exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (value === 0 || (exponent >= -4 && exponent < 16)) return String(value);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function printDate(date: Date): string {
  const { year } = calendarDate(Number(millisecondsOf(date)));
  if (year >= 0 && year <= 9999) return isoDate(date);
  throw new MongoError(
    'Location18537',
    `Could not convert date to string: date component was outside the supported range of 0-9999: ${year}`,
  );
}

export const toObjectId: Conversion = (value) => {
  if (value instanceof ObjectId) return value;
  if (typeof value !== 'string') throw unsupported(value, 'objectId');
  if (/^[0-9a-fA-F]{24}$/.test(value)) return new ObjectId(value);
  const problem =
    value.length === 24
      ? 'Invalid character found in hex string'
      : `Invalid string length for parsing to OID, expected 24 but found ${value.length}`;
  throw failed(`Failed to parse objectId '${value}': ${problem}`);
};
