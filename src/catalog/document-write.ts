/**
 * Documents in and out of a collection, with all its indexes: each function writes a record and every key that belongs to
 * it as one storage statement, so that either all of it is there or none. Runs inside the caller's storage transaction.
 */
import type { ObjectId } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { typeName } from '../bson/value-type.ts';
import { BsonWriter, encodeDocument } from '../bson/write.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { type IndexKeys, indexKeys, keyValues } from '../query/index-key.ts';
import type { Key, StorageTransaction, Write } from '../storage/engine.ts';
import { changeUsage, isOverLimits } from './capped.ts';
import type { Collection, Index } from './collection.ts';
import { duplicateKey } from './duplicate-key.ts';
import { entriesOfKey, fitKey, indexEntry } from './index-table.ts';
import { decodeRecordId, encodeRecordId } from './record-id.ts';

/** A document where it lies. */
export interface StoredRecord {
  readonly key: Key;
  readonly bytes: Buffer;
}

/** What writing asks of its surroundings. */
export interface WriteContext {
  /** Longest key of the engine. */
  readonly keyBytes: number;
  /** Told before the write when a document makes an index multikey for the first time; resolves when that is recorded. */
  becomesMultikey(collection: Collection, index: Index, keys: IndexKeys): Promise<void>;
}

const writer = new BsonWriter(4096);

/**
 * The bytes that a new document is stored as: `_id` first, made where it is missing. Throws for an `_id` that cannot be
 * one and for a document over the limit.
 */
export function documentToInsert(document: BsonDocument, newId: () => ObjectId): BsonDocument {
  const id = document.get('_id');
  if (id === undefined) return withId(document, newId());
  checkId(id);
  const ordered = document.firstKey() === '_id' ? document : withId(document, id);
  checkSize(encodeDocument(ordered).length);
  return ordered;
}

function withId(document: BsonDocument, id: Value): BsonDocument {
  writer.reset();
  const start = writer.open();
  writer.element('_id', id);
  for (const [name, value] of document.entries()) if (name !== '_id') writer.element(name, value);
  writer.close(start);
  checkSize(writer.length);
  return BsonDocument.fromBytes(Buffer.from(writer.view()));
}

/** Throws InvalidIdField where a value cannot be an `_id`: arrays, regular expressions, undefined. */
export function checkId(id: Value): void {
  const type = typeName(id);
  if (type === 'array' || type === 'regex' || type === 'undefined') {
    throw new MongoError('InvalidIdField', `The '_id' value cannot be of type ${type}`);
  }
  if (id instanceof BsonDocument) {
    for (const name of id.keys()) {
      if (name.startsWith('$')) {
        throw new MongoError(
          'DollarPrefixedFieldName',
          `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
        );
      }
    }
  }
}

function checkSize(sizeBytes: number): void {
  if (sizeBytes > limits.documentSizeBytes) {
    throw new MongoError(
      'BSONObjectTooLarge',
      `BSONObj size: ${sizeBytes} is invalid. Size must be between 0 and ${limits.documentSizeBytes}`,
    );
  }
}

/** Adds a document (from `documentToInsert`) and answers its record. Throws DuplicateKey, WriteConflict. */
export async function insertRecord(
  context: WriteContext,
  transaction: StorageTransaction,
  collection: Collection,
  bytes: Buffer,
): Promise<StoredRecord> {
  const key = await nextRecordKey(transaction, collection);
  const writes: Write[] = [{ table: collection.recordTable, key, value: bytes }];
  for (const index of collection.indexes) {
    const keys = indexKeys(index.descriptor, bytes);
    if (keys.isMultikey && !index.descriptor.isMultikey) await context.becomesMultikey(collection, index, keys);
    for (const indexed of keys.keys) {
      const entryKey = fitKey(indexed, context.keyBytes);
      if (index.descriptor.isUnique) {
        let found = transaction.get(index.table, entryKey);
        if (found instanceof Promise) found = await found;
        if (found !== undefined) throw duplicateKey(collection, index, keyValues(index.descriptor, bytes, indexed));
      } else if (index.isPreparedUnique && (await hasKey(transaction, index, entryKey))) {
        throw duplicateKey(collection, index, keyValues(index.descriptor, bytes, indexed));
      }
      writes.push({ table: index.table, ...indexEntry(index.descriptor.isUnique, entryKey, key) });
    }
  }
  await transaction.write(writes);
  if (collection.capped !== undefined) await makeRoom(context, transaction, collection, bytes.length);
  return { key, bytes };
}

/** Counts a new document of a capped collection and removes the oldest ones that it has pushed out. */
async function makeRoom(
  context: WriteContext,
  transaction: StorageTransaction,
  collection: Collection,
  addedBytes: number,
): Promise<void> {
  let usage = await changeUsage(transaction, collection, 1, addedBytes);
  while (isOverLimits(collection, usage)) {
    const oldest = await transaction.scan(collection.recordTable, {}, { limit: 1 });
    const [key, bytes] = [oldest.keys[0], oldest.values[0]];
    invariant(key !== undefined && bytes !== undefined, 'a capped collection over its limits has a document');
    await removeRecord(context, transaction, collection, { key, bytes });
    usage = await changeUsage(transaction, collection, 0, 0);
  }
}

/** Whether an index that is not unique has an entry under this key. */
async function hasKey(transaction: StorageTransaction, index: Index, key: Key): Promise<boolean> {
  const { keys } = await transaction.scan(index.table, entriesOfKey(key), { limit: 1 });
  return keys.length > 0;
}

async function nextRecordKey(transaction: StorageTransaction, collection: Collection): Promise<Key> {
  const { state } = collection;
  if (state.nextRecordId === undefined) {
    const last = await transaction.scan(collection.recordTable, {}, { reverse: true, limit: 1 });
    // Another insert may have looked meanwhile.
    state.nextRecordId ??= last.keys[0] === undefined ? 1 : decodeRecordId(last.keys[0]) + 1;
  }
  return encodeRecordId(state.nextRecordId++);
}

/** Puts new bytes in place of a record's and moves the keys that differ. Throws DuplicateKey, WriteConflict. */
export async function replaceRecord(
  context: WriteContext,
  transaction: StorageTransaction,
  collection: Collection,
  before: StoredRecord,
  after: Buffer,
): Promise<void> {
  checkSize(after.length);
  const writes: Write[] = [{ table: collection.recordTable, key: before.key, value: after }];
  for (const index of collection.indexes) {
    if (index.descriptor.name === '_id_') continue;
    const oldKeys = entryKeys(context, indexKeys(index.descriptor, before.bytes));
    const keys = indexKeys(index.descriptor, after);
    if (keys.isMultikey && !index.descriptor.isMultikey) await context.becomesMultikey(collection, index, keys);
    const { isUnique } = index.descriptor;
    for (const indexed of keys.keys) {
      const entryKey = fitKey(indexed, context.keyBytes);
      if (oldKeys.delete(entryKey)) continue;
      if (isUnique && (await transaction.get(index.table, entryKey)) !== undefined) {
        throw duplicateKey(collection, index, keyValues(index.descriptor, after, indexed));
      }
      if (index.isPreparedUnique && (await hasKey(transaction, index, entryKey))) {
        throw duplicateKey(collection, index, keyValues(index.descriptor, after, indexed));
      }
      writes.push({ table: index.table, ...indexEntry(isUnique, entryKey, before.key) });
    }
    for (const gone of oldKeys) {
      writes.push({ table: index.table, key: indexEntry(isUnique, gone, before.key).key, value: undefined });
    }
  }
  await transaction.write(writes);
  if (collection.capped !== undefined) {
    await changeUsage(transaction, collection, 0, after.length - before.bytes.length);
  }
}

/** Removes a record and its keys. Throws WriteConflict. */
export async function removeRecord(
  context: WriteContext,
  transaction: StorageTransaction,
  collection: Collection,
  record: StoredRecord,
): Promise<void> {
  const writes: Write[] = [{ table: collection.recordTable, key: record.key, value: undefined }];
  for (const index of collection.indexes) {
    for (const gone of entryKeys(context, indexKeys(index.descriptor, record.bytes))) {
      writes.push({
        table: index.table,
        key: indexEntry(index.descriptor.isUnique, gone, record.key).key,
        value: undefined,
      });
    }
  }
  await transaction.write(writes);
  if (collection.capped !== undefined) await changeUsage(transaction, collection, -1, -record.bytes.length);
}

function entryKeys(context: WriteContext, keys: IndexKeys): Set<Key> {
  return new Set(keys.keys.map((key) => fitKey(key, context.keyBytes)));
}
