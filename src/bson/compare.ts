/** MongoDB's total order over BSON values (manual, "Comparison/Sort Order"). A missing value ranks with BSON undefined. */
import { compareNumbers } from './number.ts';
import { Binary, BSONRegExp, BSONSymbol, Code, DBPointer, type Numeric, ObjectId, Timestamp } from './scalar.ts';
import { typeRank } from './type.ts';
import { BsonDocument, CodeWithScope, type Value } from './value.ts';
import { isNumeric, typeName } from './value-type.ts';

/** How strings compare where a collation is in force. Absent: by UTF-8 bytes. */
export interface StringComparison {
  compare(left: string, right: string): number;
}

function rank(value: Value | undefined): number {
  return value === undefined ? typeRank.undefined : typeRank[typeName(value)];
}

/** Negative, zero or positive as `left` sorts before, with or after `right`. */
export function compareValues(left: Value | undefined, right: Value | undefined, strings?: StringComparison): number {
  if (typeof left === 'number' && typeof right === 'number') return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right, strings);
  const leftRank = rank(left);
  const rightRank = rank(right);
  if (leftRank !== rightRank) return leftRank - rightRank;
  if (isNumeric(left)) return compareNumbers(left, right as Numeric);
  return compareSameRank(left, right, strings);
}

/** Whether two values are equal in MongoDB's order (1 equals 1.0; documents by fields in order). */
export function valuesEqual(left: Value | undefined, right: Value | undefined, strings?: StringComparison): boolean {
  return compareValues(left, right, strings) === 0;
}

/** Strings by code point, which is the order of their UTF-8 bytes; JavaScript's own order differs beyond U+FFFF. */
export function compareStrings(left: string, right: string, strings?: StringComparison): number {
  if (strings !== undefined) return strings.compare(left, right);
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a === b) continue;
    const aIsSurrogate = a >= 0xd800 && a <= 0xdfff;
    const bIsSurrogate = b >= 0xd800 && b <= 0xdfff;
    if (aIsSurrogate !== bIsSurrogate) return aIsSurrogate ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}

function compareSameRank(left: Value | undefined, right: Value | undefined, strings?: StringComparison): number {
  if (left instanceof BsonDocument) return compareDocuments(left, right as BsonDocument, strings);
  if (Array.isArray(left)) return compareArrays(left, right as readonly Value[], strings);
  if (left instanceof ObjectId) return Buffer.compare(left.id, (right as ObjectId).id);
  if (left instanceof Date) return left.getTime() - (right as Date).getTime();
  if (typeof left === 'boolean') return Number(left) - Number(right);
  if (typeof left === 'string' || left instanceof BSONSymbol) {
    return compareStrings(String(left), String(right), strings);
  }
  if (left instanceof Timestamp) return compareTimestamps(left, right as Timestamp);
  if (left instanceof Binary) return compareBinaries(left, right as Binary);
  if (left instanceof BSONRegExp) {
    const other = right as BSONRegExp;
    return compareStrings(left.pattern, other.pattern) || compareStrings(left.options, other.options);
  }
  if (left instanceof DBPointer) {
    const other = right as DBPointer;
    return compareStrings(left.namespace, other.namespace) || Buffer.compare(left.id.id, other.id.id);
  }
  if (left instanceof Code) return compareStrings(left.code, (right as Code).code);
  if (left instanceof CodeWithScope) {
    const other = right as CodeWithScope;
    return compareStrings(left.code, other.code) || compareDocuments(left.scope, other.scope);
  }
  return 0;
}

/** Cluster times and other timestamps, by seconds and then increment. */
export function compareTimestamps(left: Timestamp, right: Timestamp): number {
  return (left.high >>> 0) - (right.high >>> 0) || (left.low >>> 0) - (right.low >>> 0);
}

/** Length of the stored payload: subtype 2 repeats its length inside of it. */
export function binarySize(value: Binary): number {
  return value.value().length + (value.sub_type === Binary.SUBTYPE_BYTE_ARRAY ? 4 : 0);
}

function compareBinaries(left: Binary, right: Binary): number {
  const a = left.value();
  const b = right.value();
  return binarySize(left) - binarySize(right) || left.sub_type - right.sub_type || Buffer.compare(a, b);
}

function compareArrays(left: readonly Value[], right: readonly Value[], strings?: StringComparison): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const order = compareValues(left[index], right[index], strings);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Field by field: by type, then by name, then by value; the document that ends first is smaller. */
function compareDocuments(left: BsonDocument, right: BsonDocument, strings?: StringComparison): number {
  const others = right.entries();
  for (const [name, value] of left.entries()) {
    const next = others.next();
    if (next.done) return 1;
    const [otherName, otherValue] = next.value;
    const order =
      rank(value) - rank(otherValue) || compareStrings(name, otherName) || compareValues(value, otherValue, strings);
    if (order !== 0) return order;
  }
  return others.next().done ? 0 : -1;
}
