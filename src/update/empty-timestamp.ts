/** A Timestamp of zero in a field of the document itself, save `_id`, stands for the time of the write (manual, "Timestamps"). */
import { readInt32, skipValue, valueOffset } from '../bson/read.ts';
import { Timestamp } from '../bson/scalar.ts';
import { BsonType } from '../bson/type.ts';
import { BsonDocument, type Value } from '../bson/value.ts';

/** Whether a field of the document itself may be an empty timestamp. */
export function hasEmptyTimestamps(bytes: Buffer): boolean {
  // Most documents hold no such byte at all, and looking for it is much cheaper than going from field to field.
  if (!bytes.includes(BsonType.timestamp, 4)) return false;
  const end = readInt32(bytes, 0) - 1;
  for (let element = 4; element < end; ) {
    const type = bytes[element] as number;
    const value = valueOffset(bytes, element);
    if (type === BsonType.timestamp && readInt32(bytes, value) === 0 && readInt32(bytes, value + 4) === 0) return true;
    element = skipValue(bytes, type, value);
  }
  return false;
}

/** The document with `timestamp` in place of each empty one. */
export function fillEmptyTimestamps(document: BsonDocument, timestamp: Timestamp): BsonDocument {
  const fields = new Map<string, Value>();
  for (const [name, value] of document) fields.set(name, isEmptyTimestamp(name, value) ? timestamp : value);
  return BsonDocument.fromFields(fields);
}

function isEmptyTimestamp(name: string, value: Value): boolean {
  return name !== '_id' && value instanceof Timestamp && value.isZero();
}
