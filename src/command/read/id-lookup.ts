/**
 * The shortest way to one document: its `_id`, as a filter's bytes name it, to the bytes that are stored. No filter is
 * parsed, no plan made and nothing waited for where the engine does not wait.
 *
 *   { _id: 5 } ─ idOf ─► 5 ─► key of the `_id` index ─► RecordId ─► record
 *
 * It stands for the general way (`query.ts`) exactly where both must find the same: the filter is one equality on `_id`
 * with a value that is its own and only index key, and the collection compares strings by their bytes. Whoever takes it
 * must ask for nothing else that the general way would look at: a hint, a sort, a collation, variables.
 */
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { readInt32, skipValue } from '../../bson/read.ts';
import { BsonType } from '../../bson/type.ts';
import { type BsonDocument, decodeValue, type Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { type Collection, type Index, idIndex } from '../../catalog/collection.ts';
import type { StoredRecord } from '../../catalog/document-write.ts';
import { fitKey } from '../../catalog/index-table.ts';
import { recordKeyIn } from '../../catalog/record-id.ts';
import { chain } from '../../session/maybe-promise.ts';
import type { Key, MaybePromise, StorageTransaction } from '../../storage/engine.ts';

/** `_id` and its terminating NUL as an int32, as they follow the type byte of the first element. */
const idName = 0x0064695f;
const firstElement = 4;
const firstValue = firstElement + 5;

/** The `_id` that a filter pins, where it is of such a type and the filter asks for nothing else; else undefined. */
export function idOf(filter: BsonDocument): Value | undefined {
  return idIn(encodeDocument(filter), 0);
}

/** As `idOf`, for the filter that lies at an offset. */
export function idIn(bytes: Buffer, filterAt: number): Value | undefined {
  const end = filterAt + readInt32(bytes, filterAt) - 1;
  const valueAt = filterAt + firstValue;
  if (end < valueAt || readInt32(bytes, filterAt + firstElement + 1) !== idName) return undefined;
  const type = bytes[filterAt + firstElement] as number;
  if (!isPlain(type) || skipValue(bytes, type, valueAt) !== end) return undefined;
  return decodeValue(bytes, type, valueAt);
}

/** Types that are never an operator, a pattern or several keys, and equal only what has the same key. */
function isPlain(type: number): boolean {
  switch (type) {
    case BsonType.objectId:
    case BsonType.string:
    case BsonType.int:
    case BsonType.long:
    case BsonType.double:
    case BsonType.binData:
    case BsonType.date:
      return true;
    default:
      return false;
  }
}

/** The index that `findById` reads; undefined where the general way has to be taken. */
export function lookupIndex(collection: Collection): Index | undefined {
  return collection.collation === undefined && !collection.isTimeseries ? idIndex(collection) : undefined;
}

/** The record with this `_id`, from `lookupIndex`; undefined where there is none. Counts a use of the index. */
export function findById(
  transaction: StorageTransaction,
  collection: Collection,
  index: Index,
  id: Value,
  keyBytes: number,
): MaybePromise<StoredRecord | undefined> {
  const { indexUses } = collection.state;
  const { name } = index.descriptor;
  indexUses.set(name, (indexUses.get(name) ?? 0) + 1);
  const found = transaction.get(index.table, fitKey(encodeKeyPart(id), keyBytes));
  return chain(found, (recordKey) =>
    recordKey === undefined ? undefined : readRecord(transaction, collection, recordKeyIn(recordKey)),
  );
}

function readRecord(
  transaction: StorageTransaction,
  collection: Collection,
  key: Key,
): MaybePromise<StoredRecord | undefined> {
  return chain(transaction.get(collection.recordTable, key), (bytes) =>
    bytes === undefined ? undefined : { key, bytes },
  );
}
