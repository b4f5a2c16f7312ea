/**
 * Values as byte strings whose order is MongoDB's order. Index keys, hash tables for $group or $addToSet and sort keys all
 * use them: equal keys if and only if equal values.
 *
 *   key      | part | part | …            one part per field of a compound index
 *   part     | rank byte | payload |      all bytes inverted where the field is descending
 *   number   | rank | double, 8 bytes, ordered | 0x00 |                    exact doubles and integers
 *            | rank | the double below | 0x01 | decimal tail |             what no double can hold
 *   string   | rank | UTF-8, 0x00 as 0x01 0x01, 0x01 as 0x01 0x02 | 0x00 |
 *   object   | rank | (rank, name, payload)… | 0x00 |      array   | rank | part… | 0x00 |
 *
 * No key is the beginning of another, so that inverting one turns its order around. A key is a binary string (one character per byte), as storage takes it.
 */
import { binaryString8, binaryString8Between, binaryString12Behind } from './binary-string.ts';
import { binarySize } from './compare.ts';
import { decimalOfDouble, toDecimal } from './decimal.ts';
import { readInt32, readName, skipValue, valueOffset } from './read.ts';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBPointer,
  type Decimal128,
  Double,
  millisecondsOf,
  type Numeric,
  ObjectId,
  Timestamp,
  WideDate,
} from './scalar.ts';
import { BsonType, typeRank } from './type.ts';
import { BsonDocument, CodeWithScope, decodeValue, type Value } from './value.ts';
import { isNumeric, typeName } from './value-type.ts';

/** What a collation puts into keys in place of a string's own characters. */
export interface StringKey {
  /** A string whose byte order is the collation's order. */
  sortKey(text: string): string;
}

const scratch = Buffer.alloc(8);
const terminator = '\x00';
const rankByte = (rank: number): string => String.fromCharCode(rank + 1);

/** One value's part of a key. A missing value reads as null, as indexes store it, unless the caller says otherwise. */
export function encodeKeyPart(value: Value | undefined, descending = false, strings?: StringKey): string {
  const part = encodePart(value ?? null, strings);
  return descending ? invert(part) : part;
}

/** The key of a compound value. */
export function encodeKey(values: readonly (Value | undefined)[], strings?: StringKey): string {
  let key = '';
  for (const value of values) key += encodePart(value ?? null, strings);
  return key;
}

/** Every byte of a part inverted, which turns its order around. */
export function invert(part: string): string {
  let inverted = '';
  for (let at = 0; at < part.length; at++) inverted += String.fromCharCode(0xff ^ part.charCodeAt(at));
  return inverted;
}

/** Above every key that starts with this prefix, below every other key that is larger. */
export function keyAfterPrefix(prefix: string): string | undefined {
  for (let at = prefix.length - 1; at >= 0; at--) {
    const code = prefix.charCodeAt(at);
    if (code < 0xff) return prefix.slice(0, at) + String.fromCharCode(code + 1);
  }
  return undefined;
}

function encodePart(value: Value, strings: StringKey | undefined): string {
  if (typeof value === 'number') return doublePart(value);
  if (typeof value === 'string')
    return stringPrefix + encodeText(strings === undefined ? value : strings.sortKey(value));
  if (value instanceof ObjectId) return binaryString12Behind(objectIdByte, value.id);
  return rankByte(typeRank[typeName(value)]) + payload(value, strings);
}

const numberByte = typeRank.int + 1;
const stringPrefix = rankByte(typeRank.string);
const objectIdByte = typeRank.objectId + 1;
const binaryPrefix = rankByte(typeRank.binData);

function payload(value: Value, strings: StringKey | undefined): string {
  if (value === null) return '';
  if (isNumeric(value)) return encodeNumber(value);
  if (typeof value === 'boolean') return value ? '\x01' : '\x00';
  if (value instanceof BsonDocument) return encodeFields(value, strings);
  if (Array.isArray(value)) return value.map((element) => encodePart(element, strings)).join('') + terminator;
  if (value instanceof Date) return encodeDate(value);
  if (value instanceof Timestamp) return encodeUint32(value.high >>> 0) + encodeUint32(value.low >>> 0);
  if (value instanceof Binary) {
    const bytes = value.value();
    return encodeUint32(binarySize(value)) + String.fromCharCode(value.sub_type) + latin1(bytes);
  }
  if (value instanceof BSONRegExp) return encodeText(value.pattern) + encodeText(value.options);
  if (value instanceof BSONSymbol) return encodeText(value.value);
  if (value instanceof Code) return encodeText(value.code);
  if (value instanceof CodeWithScope) return encodeText(value.code) + encodeFields(value.scope, undefined);
  if (value instanceof DBPointer) return encodeText(value.namespace) + latin1(value.id.id);
  return '';
}

function encodeFields(document: BsonDocument, strings: StringKey | undefined): string {
  if (document.encoded !== undefined) return encodeElements(document.encoded, strings);
  let text = '';
  for (const [name, value] of document.entries()) {
    const part = encodePart(value, strings);
    text += part.charAt(0) + encodeText(name) + part.slice(1);
  }
  return text + terminator;
}

/** As `encodeFields`, of a document that lies in bytes: what most `_id`s are made of is not decoded for it. */
function encodeElements(bytes: Buffer, strings: StringKey | undefined): string {
  const end = readInt32(bytes, 0) - 1;
  let text = '';
  for (let element = 4; element < end; ) {
    const type = bytes[element] as number;
    const at = valueOffset(bytes, element);
    const name = encodeText(readName(bytes, element));
    const next = skipValue(bytes, type, at);
    if (type === BsonType.binData && bytes[at + 4] !== Binary.SUBTYPE_BYTE_ARRAY) {
      const subType = String.fromCharCode(bytes[at + 4] as number);
      text +=
        binaryPrefix + name + encodeUint32(readInt32(bytes, at)) + subType + bytes.toString('latin1', at + 5, next);
    } else {
      const part = encodePart(decodeValue(bytes, type, at), strings);
      text += part.charAt(0) + name + part.slice(1);
    }
    element = next;
  }
  return text + terminator;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function encodeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII without the two escaped bytes is its own encoding
  if (/^[\x02-\x7f]*$/.test(text)) return text + terminator;
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return bytes.replaceAll('\x01', '\x01\x02').replaceAll('\x00', '\x01\x01') + terminator;
}

function encodeUint32(value: number): string {
  return String.fromCharCode(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

function encodeInt64(value: bigint): string {
  scratch.writeBigUInt64BE(BigInt.asUintN(64, value) ^ 0x8000000000000000n, 0);
  return binaryString8(scratch);
}

/** As `encodeInt64`, without a bigint where a number holds it: every date of the calendar. */
function encodeDate(date: Date): string {
  const milliseconds = date.getTime();
  if (!Number.isSafeInteger(milliseconds) || date instanceof WideDate) return encodeInt64(millisecondsOf(date));
  const high = Math.floor(milliseconds / 0x1_0000_0000);
  return encodeUint32((high ^ 0x80000000) >>> 0) + encodeUint32(milliseconds >>> 0);
}

/** 8 bytes in numeric order: the sign bit turned over, negative numbers inverted; NaN first, -0 as 0. */
function encodeDouble(value: number): string {
  orderDouble(value);
  return binaryString8(scratch);
}

function orderDouble(value: number): void {
  if (Number.isNaN(value)) {
    scratch.fill(0);
    return;
  }
  scratch.writeDoubleBE(value === 0 ? 0 : value, 0);
  if (value < 0) for (let at = 0; at < 8; at++) scratch[at] = 0xff ^ (scratch[at] as number);
  else scratch[0] = (scratch[0] as number) ^ 0x80;
}

/** The part of a number that a double holds. */
function doublePart(value: number): string {
  orderDouble(value);
  return binaryString8Between(numberByte, scratch, 0);
}

function encodeNumber(value: Numeric): string {
  if (typeof value === 'number') return encodeDouble(value) + terminator;
  if (value instanceof Double) return encodeDouble(value.value) + terminator;
  if (typeof value === 'bigint') {
    const nearest = Number(value);
    if (BigInt(nearest) === value) return encodeDouble(nearest) + terminator;
  }
  return encodeWide(value);
}

function encodeWide(value: bigint | Decimal128): string {
  const exact = toDecimal(value);
  if (exact.isNaN()) return encodeDouble(Number.NaN) + terminator;
  const nearest = exact.toNumber();
  if (!exact.isFinite() || (Number.isFinite(nearest) && decimalOfDouble(nearest).equals(exact))) {
    return encodeDouble(nearest) + terminator;
  }
  const below = decimalOfDouble(nearest).lessThan(exact) ? nearest : doubleBelow(nearest);
  return `${encodeDouble(below)}\x01${encodeTail(exact.toExponential())}`;
}

/** The largest double below this one. */
function doubleBelow(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  if (value === 0) return -Number.MIN_VALUE;
  scratch.writeDoubleBE(value, 0);
  scratch.writeBigUInt64BE(scratch.readBigUInt64BE(0) + (value > 0 ? -1n : 1n), 0);
  return scratch.readDoubleBE(0);
}

/** Orders numbers that share the double below them: exponent, then digits; inverted as a whole when negative. */
function encodeTail(exponential: string): string {
  const negative = exponential.startsWith('-');
  const [mantissa = '', exponent = '0'] = (negative ? exponential.slice(1) : exponential).split('e');
  const biased = Number(exponent) + 0x8000;
  const tail = String.fromCharCode(biased >>> 8, biased & 0xff) + mantissa.replace('.', '') + terminator;
  return negative ? invert(tail) : tail;
}
