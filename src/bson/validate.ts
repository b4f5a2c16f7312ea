/**
 * The one check that BSON from outside passes. Everything behind it (`read.ts`, filters, index keys) trusts the bytes:
 * lengths lie within the document and agree with each other, types exist, strings end in NUL and are UTF-8, and documents
 * nest no deeper than allowed. One pass, and nothing is allocated but a view of each long string.
 */
import { isUtf8 } from 'node:buffer';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { readInt32 } from './read.ts';
import { BsonType } from './type.ts';

/** Smallest document: its length and the closing NUL. */
const emptyDocumentBytes = 5;

/** From here on the native UTF-8 check, which needs a view of the bytes, is faster than the loop below. */
const longStringBytes = 96;

function refuse(what: string, at: number): never {
  throw new MongoError('InvalidBSON', `invalid BSON: ${what} at offset ${at}`);
}

/**
 * Checks the document that starts at `start` and answers the offset behind it, which is at most `end`.
 * Throws InvalidBSON where the bytes are not BSON, and Overflow where documents and arrays nest more than `maxDepth`
 * levels below this one (default: what MongoDB takes in a command; what may be stored is less).
 */
export function validateDocument(
  bytes: Buffer,
  start: number,
  end: number,
  maxDepth = limits.commandNestingDepth as number,
): number {
  if (end - start < emptyDocumentBytes) refuse('no room for a document', start);
  const length = readInt32(bytes, start);
  const behind = start + length;
  if (length < emptyDocumentBytes || behind > end) refuse(`document length ${length} does not fit`, start);
  if (bytes[behind - 1] !== 0) refuse('document does not end in NUL', behind - 1);
  const last = behind - 1;
  let at = start + 4;
  while (at < last) {
    const type = bytes[at] as number;
    if (type === 0) refuse('document ends before its length', at);
    const value = validateCString(bytes, at + 1, last);
    at = validateValue(bytes, type, value, last, maxDepth);
    if (at > last) refuse(`value of type ${type} reaches beyond its document`, value);
  }
  return behind;
}

function validateValue(bytes: Buffer, type: number, at: number, last: number, maxDepth: number): number {
  switch (type) {
    case BsonType.int:
      return at + 4;
    case BsonType.double:
    case BsonType.date:
    case BsonType.timestamp:
    case BsonType.long:
      return at + 8;
    case BsonType.objectId:
      return at + 12;
    case BsonType.string:
    case BsonType.javascript:
    case BsonType.symbol:
      return validateString(bytes, at, last);
    case BsonType.object:
    case BsonType.array:
      if (maxDepth === 0) refuseDepth();
      return validateDocument(bytes, at, last, maxDepth - 1);
    case BsonType.bool:
      if (at < last && (bytes[at] as number) > 1) refuse(`boolean is ${bytes[at]}`, at);
      return at + 1;
    case BsonType.null:
    case BsonType.undefined:
    case BsonType.minKey:
    case BsonType.maxKey:
      return at;
    case BsonType.decimal:
      return at + 16;
    case BsonType.binData:
      return validateBinary(bytes, at, last);
    case BsonType.regex:
      return validateCString(bytes, validateCString(bytes, at, last), last);
    case BsonType.dbPointer:
      return validateString(bytes, at, last) + 12;
    case BsonType.javascriptWithScope:
      if (maxDepth === 0) refuseDepth();
      return validateCodeWithScope(bytes, at, last, maxDepth - 1);
    default:
      return refuse(`unknown type ${type}`, at);
  }
}

function refuseDepth(): never {
  throw new MongoError('Overflow', 'BSON document exceeds the maximum nesting depth');
}

/** A NUL-terminated string before `last`, where a NUL is; answers the offset behind its own. */
function validateCString(bytes: Buffer, start: number, last: number): number {
  let at = start;
  let seen = 0;
  for (let byte = bytes[at] as number; byte !== 0; byte = bytes[++at] as number) seen |= byte;
  if (at >= last) refuse('name does not end within its document', start);
  if (seen > 127) validateUtf8(bytes, start, at);
  return at + 1;
}

/** A length, UTF-8 of that length and a NUL that it counts; answers the offset behind. */
function validateString(bytes: Buffer, at: number, last: number): number {
  if (last - at < emptyDocumentBytes) refuse('no room for a string', at);
  const length = readInt32(bytes, at);
  const start = at + 4;
  if (length < 1 || length > last - start) refuse(`string length ${length} does not fit`, at);
  const nul = start + length - 1;
  if (bytes[nul] !== 0) refuse('string does not end in NUL', nul);
  validateUtf8(bytes, start, nul);
  return nul + 1;
}

function validateUtf8(bytes: Buffer, start: number, end: number): void {
  if (end - start < longStringBytes) {
    let seen = 0;
    for (let at = start; at < end; at++) seen |= bytes[at] as number;
    if (seen < 128) return;
  }
  if (!isUtf8(bytes.subarray(start, end))) refuse('string is not UTF-8', start);
}

function validateBinary(bytes: Buffer, at: number, last: number): number {
  if (last - at < emptyDocumentBytes) refuse('no room for binary data', at);
  const length = readInt32(bytes, at);
  const behind = at + 5 + length;
  if (length < 0 || behind > last) refuse(`binary length ${length} does not fit`, at);
  // Subtype 2, the oldest, repeats its length inside.
  if (bytes[at + 4] === 2 && (length < 4 || readInt32(bytes, at + 5) !== length - 4)) {
    refuse('the two lengths of binary data of subtype 2 disagree', at);
  }
  return behind;
}

function validateCodeWithScope(bytes: Buffer, at: number, last: number, maxDepth: number): number {
  if (last - at < 4 + emptyDocumentBytes + emptyDocumentBytes) refuse('no room for code with scope', at);
  const length = readInt32(bytes, at);
  if (length < 4 || length > last - at) refuse(`length ${length} of code with scope does not fit`, at);
  const behind = at + length;
  const scope = validateString(bytes, at + 4, behind);
  if (validateDocument(bytes, scope, behind, maxDepth) !== behind) refuse('scope ends before its length', scope);
  return behind;
}
