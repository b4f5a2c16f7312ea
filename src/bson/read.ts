/**
 * Reading BSON where it lies. Nothing here allocates until a value is decoded, so a filter or an index can look at one
 * field of a stored document without paying for the others.
 *
 *   document   | length int32 | element … | 0x00 |
 *   element    | type byte | name, 0x00 | value |
 *              ^ element offset            ^ value offset
 *
 * The bytes must have passed `validate.ts` once, when they came in; these functions trust them.
 */
import { invariant } from '../error/invariant.ts';
import { readKnownText } from './name-cache.ts';
import { BsonType } from './type.ts';

/** A field name as the bytes of a document spell it: one character per UTF-8 byte. */
export type EncodedName = string;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the question is exactly whether every character is ASCII
const ascii = /^[\x00-\x7f]*$/;

/** The form of a field name that `findField` compares; the name itself where it is ASCII. */
export function encodeName(name: string): EncodedName {
  return ascii.test(name) ? name : Buffer.from(name, 'utf8').toString('latin1');
}

export function readInt32(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Offset of the value of the element at `element`: behind type byte and name. */
export function valueOffset(bytes: Buffer, element: number): number {
  let at = element + 1;
  while (bytes[at] !== 0) at++;
  return at + 1;
}

/** Offset behind a value of this type that starts at `at`. */
export function skipValue(bytes: Buffer, type: number, at: number): number {
  switch (type) {
    case BsonType.double:
    case BsonType.date:
    case BsonType.timestamp:
    case BsonType.long:
      return at + 8;
    case BsonType.int:
      return at + 4;
    case BsonType.string:
    case BsonType.javascript:
    case BsonType.symbol:
      return at + 4 + readInt32(bytes, at);
    case BsonType.object:
    case BsonType.array:
    case BsonType.javascriptWithScope:
      return at + readInt32(bytes, at);
    case BsonType.bool:
      return at + 1;
    case BsonType.null:
    case BsonType.undefined:
    case BsonType.minKey:
    case BsonType.maxKey:
      return at;
    case BsonType.objectId:
      return at + 12;
    case BsonType.binData:
      return at + 5 + readInt32(bytes, at);
    case BsonType.decimal:
      return at + 16;
    case BsonType.regex: {
      let end = at;
      while (bytes[end] !== 0) end++;
      end++;
      while (bytes[end] !== 0) end++;
      return end + 1;
    }
    case BsonType.dbPointer:
      return at + 4 + readInt32(bytes, at) + 12;
    default:
      return invariant(false, `BSON type ${type} at offset ${at} passed validation`);
  }
}

/**
 * Offset of the first element named `name` in the document that starts at `document`, or -1.
 * The result points at the type byte; the value follows at `result + name.length + 2`.
 */
export function findField(bytes: Buffer, document: number, name: EncodedName): number {
  const end = document + readInt32(bytes, document) - 1;
  const length = name.length;
  let at = document + 4;
  while (at < end) {
    let cursor = at + 1;
    let matched = 0;
    while (matched < length && bytes[cursor] === name.charCodeAt(matched)) {
      matched++;
      cursor++;
    }
    if (bytes[cursor] === 0 && matched === length) return at;
    while (bytes[cursor] !== 0) cursor++;
    at = skipValue(bytes, bytes[at] as number, cursor + 1);
  }
  return -1;
}

const shortStringBytes = 32;

/** UTF-8 between two offsets. Short ASCII, which most names and many values are, is built without a native call. */
export function readUtf8(bytes: Buffer, start: number, end: number): string {
  if (end - start > shortStringBytes) return bytes.toString('utf8', start, end);
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte > 127) return bytes.toString('utf8', start, end);
    text += String.fromCharCode(byte);
  }
  return text;
}

/** A NUL-terminated string and the offset behind its terminator. */
export function readCString(bytes: Buffer, at: number): { text: string; end: number } {
  let end = at;
  while (bytes[end] !== 0) end++;
  return { text: readUtf8(bytes, at, end), end: end + 1 };
}

/** The string in the element at `element`, one that is likely to be met again; undefined where it is no string. */
export function readKnownString(bytes: Buffer, element: number): string | undefined {
  if (bytes[element] !== BsonType.string) return undefined;
  const at = valueOffset(bytes, element);
  return readKnownText(bytes, at + 4, at + 3 + readInt32(bytes, at));
}

/** Name of the element at `element`. */
export function readName(bytes: Buffer, element: number): string {
  return readKnownText(bytes, element + 1, valueOffset(bytes, element) - 1);
}
