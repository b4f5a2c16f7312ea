import { readExact, truncateExact } from '../../bson/exact-decimal.ts';
import { printValue } from '../../bson/print.ts';
import {
  Binary,
  Decimal128,
  Double,
  int32Max,
  int32Min,
  int64Max,
  int64Min,
  isInt32,
  millisecondsOf,
} from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { payloadOf, readInteger } from './binary.ts';
import { type Conversion, type ConversionOptions, failed, unsupported } from './conversion.ts';

/** To int32: fractions are cut; what is beyond the range cannot be converted. */
export const toInt: Conversion = (value, options) => {
  if (value instanceof Date) throw unsupported(value, 'int');
  return Number(toWhole(value, 'int', [1, 2, 4], BigInt(int32Min), BigInt(int32Max), options));
};

/** To int64, dates as milliseconds. */
export const toLong: Conversion = (value, options) => {
  if (value instanceof Date) return millisecondsOf(value);
  return toWhole(value, 'long', [1, 2, 4, 8], int64Min, int64Max, options);
};

function toWhole(
  value: Value,
  target: 'int' | 'long',
  binarySizes: readonly number[],
  least: bigint,
  most: bigint,
  options: ConversionOptions,
): bigint {
  const whole = findWhole(value, target, binarySizes, options);
  if (whole === undefined) throw unsupported(value, target);
  if (whole < least || whole > most) {
    throw failed(
      typeof value === 'string'
        ? `Failed to parse number '${value}': overflow`
        : `Conversion would overflow target type, value: ${printValue(value)}`,
    );
  }
  return whole;
}

function findWhole(
  value: Value,
  target: 'int' | 'long',
  binarySizes: readonly number[],
  options: ConversionOptions,
): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && isInt32(value)) return BigInt(value);
  if (typeof value === 'number') return cut(value);
  if (value instanceof Double) return cut(value.value);
  if (value instanceof Decimal128) return cutDecimal(value);
  if (typeof value === 'string') return parseWhole(value);
  if (!(value instanceof Binary)) return undefined;
  const bytes = payloadOf(value);
  if (binarySizes.includes(bytes.length)) return readInteger(bytes, options.byteOrder);
  throw failed(`Failed to convert '${printValue(value)}' to ${target}: wrong number of bytes`);
}

function cut(value: number): bigint {
  if (!Number.isFinite(value)) throw failed('Attempt to convert NaN or infinite value to integer type');
  return BigInt(Math.trunc(value));
}

function cutDecimal(value: Decimal128): bigint {
  const exact = readExact(value);
  if (exact.kind !== 'finite') throw failed('Attempt to convert NaN or infinite value to integer type');
  if (exact.exponent > 20 && exact.coefficient !== 0n) {
    throw failed(`Conversion would overflow target type, value: ${value.toString()}`);
  }
  return truncateExact(exact);
}

function parseWhole(text: string): bigint {
  if (/^[+-]?\d+$/.test(text)) return text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  throw failed(`Failed to parse number '${text}': Did not consume whole string.`);
}
