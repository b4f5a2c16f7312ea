/** Binary data in conversions: numbers as their bytes, strings in one of five formats. */
import { Binary, Double, isInt32 } from '../../bson/scalar.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type BinaryFormat, type Conversion, type ConversionOptions, failed, unsupported } from './conversion.ts';

/** The bytes as they are stored: those of subtype 2 begin with their own length. */
export function payloadOf(binary: Binary): Buffer {
  const bytes = Buffer.from(binary.value());
  if (binary.sub_type !== Binary.SUBTYPE_BYTE_ARRAY) return bytes;
  const length = Buffer.alloc(4);
  length.writeInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A signed integer of 1, 2, 4 or 8 bytes. */
export function readInteger(bytes: Buffer, byteOrder: 'little' | 'big'): bigint {
  if (bytes.length === 8) return byteOrder === 'little' ? bytes.readBigInt64LE() : bytes.readBigInt64BE();
  return BigInt(byteOrder === 'little' ? bytes.readIntLE(0, bytes.length) : bytes.readIntBE(0, bytes.length));
}

/** A floating point number of 4 or 8 bytes; undefined for other lengths. */
export function readFloat(bytes: Buffer, byteOrder: 'little' | 'big'): number | undefined {
  if (bytes.length === 4) return byteOrder === 'little' ? bytes.readFloatLE() : bytes.readFloatBE();
  if (bytes.length === 8) return byteOrder === 'little' ? bytes.readDoubleLE() : bytes.readDoubleBE();
  return undefined;
}

const uuidLength = 16;

function missingFormat(): MongoError {
  return new MongoError('Location4341115', "$convert requires 'format' where a string and binData are converted");
}

/** Binary data as a string. */
export function writeBinary(binary: Binary, format: BinaryFormat | undefined): string {
  if (format === undefined) throw missingFormat();
  const bytes = Buffer.from(binary.value());
  const isUuid = binary.sub_type === Binary.SUBTYPE_UUID;
  switch (format) {
    case 'base64':
      return bytes.toString('base64');
    case 'base64url':
      return bytes.toString('base64url');
    case 'hex':
      return bytes.toString('hex').toUpperCase();
    case 'utf8':
      return decodeUtf8(bytes);
    case 'auto':
      return isUuid && bytes.length === uuidLength ? printUuid(bytes) : bytes.toString('base64');
    case 'uuid':
      if (isUuid && bytes.length === uuidLength) return printUuid(bytes);
      throw failed('Only a UUID (binData of subtype 4 and 16 bytes) can be converted to a string of format uuid');
  }
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw failed('Invalid UTF-8 in binData');
  }
}

function printUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** To binary data of the subtype in the options. */
export const toBinary: Conversion = (value, options) => {
  if (typeof value === 'string') return new Binary(parseBinary(value, options), options.subtype);
  if (value instanceof Binary) {
    if (value.sub_type === options.subtype) return value;
    throw failed('Conversions between different binData subtypes are not supported');
  }
  const bytes = Buffer.alloc(typeof value === 'number' && isInt32(value) ? 4 : 8);
  if (typeof value === 'number' && isInt32(value)) bytes.writeInt32LE(value);
  else if (typeof value === 'number') bytes.writeDoubleLE(value);
  else if (typeof value === 'bigint') bytes.writeBigInt64LE(value);
  else if (value instanceof Double) bytes.writeDoubleLE(value.value);
  else throw unsupported(value, 'binData');
  return new Binary(options.byteOrder === 'big' ? bytes.reverse() : bytes, options.subtype);
};

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function parseBinary(text: string, { format, subtype }: ConversionOptions): Buffer {
  if (format === undefined) throw missingFormat();
  const wantsUuid = subtype === Binary.SUBTYPE_UUID;
  if (wantsUuid !== (format === 'uuid') && !(format === 'auto' && wantsUuid)) {
    throw failed(`Can't convert a string of format '${format}' to binData of subtype ${subtype}`);
  }
  const bytes = findBytes(text, format);
  if (bytes === undefined) throw failed(`Input string '${text}' is not valid ${format}`);
  return bytes;
}

function findBytes(text: string, format: BinaryFormat): Buffer | undefined {
  switch (format) {
    case 'utf8':
      return Buffer.from(text, 'utf8');
    case 'hex':
      return /^(?:[0-9a-f]{2})*$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
    case 'base64':
      return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
        ? Buffer.from(text, 'base64')
        : undefined;
    case 'base64url':
      return /^(?:[\w-]{4})*(?:[\w-]{2}(?:==)?|[\w-]{3}=?)?$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
    default:
      return uuidText.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : undefined;
  }
}
