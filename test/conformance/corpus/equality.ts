/**
 * The corpus's equality: strict about types, documents without regard to key order, arrays with it. Both modifiers of
 * equality (`anyOrder`, `nanAnyType`) are here; `ignoreOrderIn` is `anyOrder` for the arrays in named fields.
 */
import { type Approximation, type BsonValue, decimalText, type Entry } from './value.ts';

export interface EqualityOptions {
  /** A double NaN and a decimal NaN equal each other. */
  readonly nanAnyType?: boolean;
}

/** Whether `actual` is what `expected` says. Only `expected` may hold approximations. */
export function isEqual(expected: BsonValue, actual: BsonValue, options: EqualityOptions = {}): boolean {
  if (expected.type === 'approx') return isNear(expected, actual);
  if (options.nanAnyType && isNaNValue(expected) && isNaNValue(actual)) return true;
  switch (expected.type) {
    case 'object':
      return actual.type === 'object' && areEntriesEqual(expected.entries, actual.entries, options);
    case 'array':
      return actual.type === 'array' && areItemsEqual(expected.items, actual.items, options);
    case 'double':
      return actual.type === 'double' && Object.is(expected.value, actual.value);
    case 'decimal':
      return actual.type === 'decimal' && isSameDecimal(expected.bytes, actual.bytes);
    case 'binData':
      return actual.type === 'binData' && expected.subType === actual.subType && expected.bytes.equals(actual.bytes);
    case 'regex':
      return actual.type === 'regex' && expected.pattern === actual.pattern && expected.options === actual.options;
    case 'javascript':
      return actual.type === 'javascript' && expected.code === actual.code;
    case 'javascriptWithScope':
      return (
        actual.type === 'javascriptWithScope' && expected.code === actual.code && isEqual(expected.scope, actual.scope)
      );
    case 'dbPointer':
      return actual.type === 'dbPointer' && expected.namespace === actual.namespace && expected.hex === actual.hex;
    case 'objectId':
      return actual.type === 'objectId' && expected.hex === actual.hex;
    case 'null':
    case 'undefined':
    case 'minKey':
    case 'maxKey':
      return actual.type === expected.type;
    default:
      return actual.type === expected.type && actual.value === expected.value;
  }
}

/** Whether two lists hold equal elements, in any order. */
export function isEqualInAnyOrder(
  expected: readonly BsonValue[],
  actual: readonly BsonValue[],
  equals: (expected: BsonValue, actual: BsonValue) => boolean,
): boolean {
  if (expected.length !== actual.length) return false;
  const rest = [...actual];
  return expected.every((item) => {
    const index = rest.findIndex((candidate) => equals(item, candidate));
    if (index < 0) return false;
    rest.splice(index, 1);
    return true;
  });
}

/** Whether two documents are equal when the arrays in the named fields may be in any order. */
export function isEqualIgnoringOrderIn(
  fields: readonly string[],
  expected: BsonValue,
  actual: BsonValue,
  options: EqualityOptions,
): boolean {
  if (expected.type !== 'object' || actual.type !== 'object') return isEqual(expected, actual, options);
  const equals = (left: BsonValue, right: BsonValue) => isEqual(left, right, options);
  return areEntriesEqual(expected.entries, actual.entries, options, (key, left, right) =>
    fields.includes(key) && left.type === 'array' && right.type === 'array'
      ? isEqualInAnyOrder(left.items, right.items, equals)
      : equals(left, right),
  );
}

type EntryEquals = (key: string, expected: BsonValue, actual: BsonValue) => boolean;

function areEntriesEqual(
  expected: readonly Entry[],
  actual: readonly Entry[],
  options: EqualityOptions,
  equals: EntryEquals = (_, left, right) => isEqual(left, right, options),
): boolean {
  if (expected.length !== actual.length) return false;
  const actualByKey = new Map(actual);
  return expected.every(([key, value]) => {
    const counterpart = actualByKey.get(key);
    return counterpart !== undefined && equals(key, value, counterpart);
  });
}

function areItemsEqual(
  expected: readonly BsonValue[],
  actual: readonly BsonValue[],
  options: EqualityOptions,
): boolean {
  if (expected.length !== actual.length) return false;
  return expected.every((item, index) => {
    const counterpart = actual[index];
    return counterpart !== undefined && isEqual(item, counterpart, options);
  });
}

/** An infinite value is near itself only, whatever the tolerance. */
function isNear(expected: Approximation, actual: BsonValue): boolean {
  if (actual.type !== 'int' && actual.type !== 'long' && actual.type !== 'double') return false;
  const value = Number(actual.value);
  if (Number.isNaN(expected.value)) return expected.nanOk && Number.isNaN(value);
  if (value === expected.value) return true;
  return Number.isFinite(expected.value) && Math.abs(value - expected.value) <= expected.tolerance;
}

function isNaNValue(value: BsonValue): boolean {
  if (value.type === 'double') return Number.isNaN(value.value);
  return value.type === 'decimal' && isDecimalNaN(value.bytes);
}

function isSameDecimal(expected: Buffer, actual: Buffer): boolean {
  return expected.equals(actual) || (isDecimalNaN(expected) && isDecimalNaN(actual));
}

function isDecimalNaN(bytes: Buffer): boolean {
  return decimalText(bytes) === 'NaN';
}
