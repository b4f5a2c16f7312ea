import { valuesEqual } from '../bson/compare.ts';
import { findField, readInt32, skipValue, valueOffset } from '../bson/read.ts';
import { BsonType } from '../bson/type.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { EncodedValue } from './encoded-value.ts';

/** What one level of nesting costs at least: type, empty name, length, terminator. */
export const levelBytes = 7;

/**
 * The document in these bytes; throws BSONObjectTooLarge where it is larger than may be stored and, unless the caller
 * knows that the update cannot have deepened it that far, Overflow where it is nested too deep.
 */
export function checkResult(bytes: Buffer, mayBeTooDeep: boolean): BsonDocument {
  if (bytes.length > limits.documentSizeBytes) {
    const problem = `Resulting document after update is larger than ${limits.documentSizeBytes}`;
    throw new MongoError('BSONObjectTooLarge', problem);
  }
  if (mayBeTooDeep && isNestedTooDeep(bytes)) {
    throw new MongoError('Overflow', `Document exceeds maximum nesting depth of ${limits.nestingDepth}`);
  }
  return BsonDocument.fromBytes(bytes);
}

/** Whether the document in these bytes has more levels than may be stored. */
export function isNestedTooDeep(bytes: Buffer): boolean {
  const isSmall = bytes.length < limits.nestingDepth * levelBytes;
  return !isSmall && !isWithinDepth(bytes, 0, limits.nestingDepth);
}

function isWithinDepth(bytes: Buffer, at: number, depth: number): boolean {
  if (depth === 0) return false;
  const end = at + readInt32(bytes, at) - 1;
  for (let element = at + 4; element < end; ) {
    const type = bytes[element] as number;
    const value = valueOffset(bytes, element);
    if ((type === BsonType.object || type === BsonType.array) && !isWithinDepth(bytes, value, depth - 1)) return false;
    element = skipValue(bytes, type, value);
  }
  return true;
}

/** Throws ImmutableField unless the document kept its `_id`. One that had none may get one. */
export function checkId(before: Buffer, after: Buffer): void {
  const old = idOf(before);
  if (old === undefined || valuesEqual(old, idOf(after))) return;
  throw new MongoError(
    'ImmutableField',
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}

/** `_id` of the document in these bytes. */
export function idOf(bytes: Buffer): Value | undefined {
  const element = findField(bytes, 0, '_id');
  return element < 0 ? undefined : EncodedValue.ofElement(bytes, element).decode();
}
