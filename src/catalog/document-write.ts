/**
 * Documents in and out of a collection, with all its indexes: each function writes a record and every key that belongs to
 * it as one storage statement, so that either all of it is there or none. Runs inside the caller's storage transaction.
 */
import type { ObjectId } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { typeName } from '../bson/value-type.ts';
import { BsonWriter, encodeDocument } from '../bson/write.ts';
import { DocumentChange } from '../change/change.ts';
import { type Reach, wholeDocument } from '../change/reach.ts';
import { yieldToEvents } from '../clock/clock.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { type IndexKeys, indexKeys, keyValues } from '../query/index-key.ts';
import { chain, eachInTurn } from '../session/maybe-promise.ts';
import type { Key, KeyRange, MaybePromise, StorageTransaction, Write } from '../storage/engine.ts';
import { isNestedTooDeep } from '../update/validate-result.ts';
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
 * one and for a document over the limits of size and nesting.
 */
export function documentToInsert(document: BsonDocument, newId: () => ObjectId): BsonDocument {
  if (isNestedTooDeep(encodeDocument(document))) {
    throw new MongoError(
      'Overflow',
      `cannot insert document because it exceeds ${limits.nestingDepth} levels of nesting`,
    );
  }
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
  const bytes = writer.take();
  checkSize(bytes.length);
  return BsonDocument.fromBytes(bytes);
}

/** What a reference to a document is made of (DBRef). */
const referenceFields: ReadonlySet<string> = new Set(['$ref', '$id', '$db']);

/** Throws InvalidIdField where a value cannot be an `_id`: arrays, regular expressions, undefined. */
export function checkId(id: Value): void {
  const type = typeName(id);
  if (type === 'array' || type === 'regex' || type === 'undefined') {
    throw new MongoError('InvalidIdField', `The '_id' value cannot be of type ${type}`);
  }
  if (id instanceof BsonDocument) {
    for (const name of id.keys()) {
      if (name.startsWith('$') && !referenceFields.has(name)) {
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

/**
 * Adds a document (from `documentToInsert`) and answers its record; `absentId` is the key of its `_id` where the caller
 * has looked for that in this transaction, and met nothing. Throws DuplicateKey, WriteConflict.
 */
export function insertRecord(
  context: WriteContext,
  transaction: StorageTransaction,
  collection: Collection,
  bytes: Buffer,
  absentId?: Key,
): MaybePromise<StoredRecord> {
  const { state } = collection;
  if (state.nextRecordId === undefined) {
    return chain(findNextRecordId(transaction, collection), () =>
      insertRecord(context, transaction, collection, bytes, absentId),
    );
  }
  const record = { key: encodeRecordId(state.nextRecordId++), bytes };
  const writes: Write[] = [{ table: collection.recordTable, key: record.key, value: bytes, replaces: 'nothing' }];
  const { indexes } = collection;
  const entered = eachInTurn(indexes.length, (at) => {
    const index = indexes[at] as Index;
    if (absentId === undefined || index.descriptor.name !== '_id_') {
      return enterKeys(context, transaction, collection, index, record, noKeys, writes);
    }
    writes.push(entryWrite(index, absentId, record.key));
    return true;
  });
  const written = chain(entered, () => transaction.write(writes, changeOf(collection, undefined, bytes)));
  return chain(written, () => {
    if (collection.capped === undefined) return record;
    return makeRoom(context, transaction, collection, bytes.length).then(() => record);
  });
}

/** What a new record has in its indexes. */
const noKeys = new Set<Key>();

/**
 * Adds to `writes` the entries of a record's keys in one index, those that `known` has excepted; what is then left in
 * `known` are keys that the record no longer has. Answers true. Throws DuplicateKey.
 */
function enterKeys(
  context: WriteContext,
  transaction: StorageTransaction,
  collection: Collection,
  index: Index,
  record: StoredRecord,
  known: Set<Key>,
  writes: Write[],
): MaybePromise<boolean> {
  const { descriptor } = index;
  const found = indexKeys(descriptor, record.bytes);
  const isRecorded = !found.isMultikey || descriptor.isMultikey;
  const recorded = isRecorded ? undefined : context.becomesMultikey(collection, index, found);
  const entered = chain(recorded, () =>
    eachInTurn(found.keys.length, (at) => {
      const indexed = found.keys[at] as string;
      const key = fitKey(indexed, context.keyBytes);
      if (known.delete(key)) return true;
      return chain(isTaken(transaction, index, key), (taken) => {
        if (taken) throw duplicateKey(collection, index, keyValues(descriptor, record.bytes, indexed));
        writes.push(entryWrite(index, key, record.key));
        return true;
      });
    }),
  );
  return chain(entered, () => true);
}

/** Whether another document stands in the way of this key. */
function isTaken(transaction: StorageTransaction, index: Index, key: Key): MaybePromise<boolean> {
  if (index.descriptor.isUnique) return chain(transaction.get(index.table, key), (found) => found !== undefined);
  return index.isPreparedUnique && hasKey(transaction, index, key);
}

/** So many documents one goes on to push out before others get a turn. */
const pushedOutPerTurn = 100;

/**
 * Counts a new document of a capped collection and removes the oldest ones that it has pushed out, each looked for behind the
 * one before: from the beginning, the search would pass over all that were removed already.
 */
async function makeRoom(
  context: WriteContext,
  transaction: StorageTransaction,
  collection: Collection,
  addedBytes: number,
): Promise<void> {
  let usage = await changeUsage(transaction, collection, 1, addedBytes);
  let range: KeyRange = {};
  for (let removed = 1; isOverLimits(collection, usage); removed++) {
    const oldest = await transaction.scan(collection.recordTable, range, { limit: 1 });
    const [key, bytes] = [oldest.keys[0], oldest.values[0]];
    invariant(key !== undefined && bytes !== undefined, 'a capped collection over its limits has a document');
    await removeRecord(context, transaction, collection, { key, bytes });
    range = { lower: key, lowerExclusive: true };
    if (removed % pushedOutPerTurn === 0) await yieldToEvents();
    usage = await changeUsage(transaction, collection, 0, 0);
  }
}

/** Whether an index that is not unique has an entry under this key. */
function hasKey(transaction: StorageTransaction, index: Index, key: Key): MaybePromise<boolean> {
  return chain(transaction.scan(index.table, entriesOfKey(key), { limit: 1 }), ({ keys }) => keys.length > 0);
}

function findNextRecordId(transaction: StorageTransaction, { state, recordTable }: Collection): MaybePromise<void> {
  return chain(transaction.scan(recordTable, {}, { reverse: true, limit: 1 }), ({ keys: [last] }) => {
    // Another insert may have looked meanwhile.
    state.nextRecordId ??= last === undefined ? 1 : decodeRecordId(last) + 1;
  });
}

/** What change streams are to tell of a write. */
function changeOf(
  collection: Collection,
  before: Buffer | undefined,
  after: Buffer | undefined,
  reach?: Reach,
): DocumentChange | undefined {
  return collection.isWatchable ? new DocumentChange(collection, before, after, reach) : undefined;
}

/**
 * Puts new bytes in place of a record's and moves the keys that differ; `reach` is for those who watch. Throws DuplicateKey,
 * WriteConflict.
 */
export function replaceRecord(
  context: WriteContext,
  transaction: StorageTransaction,
  collection: Collection,
  before: StoredRecord,
  after: Buffer,
  reach: Reach = wholeDocument,
): MaybePromise<void> {
  checkSize(after.length);
  const record = { key: before.key, bytes: after };
  const { recordTable: table } = collection;
  const writes: Write[] = [{ table, key: before.key, value: after, replaces: before.bytes.length }];
  const { indexes } = collection;
  const moved = eachInTurn(indexes.length, (at) => {
    const index = indexes[at] as Index;
    if (index.descriptor.name === '_id_') return true;
    const gone = entryKeys(context, indexKeys(index.descriptor, before.bytes));
    return chain(enterKeys(context, transaction, collection, index, record, gone, writes), () => {
      removeEntries(index, gone, record.key, writes);
      return true;
    });
  });
  const written = chain(moved, () => transaction.write(writes, changeOf(collection, before.bytes, after, reach)));
  return chain(written, () => {
    if (collection.capped === undefined) return undefined;
    return changeUsage(transaction, collection, 0, after.length - before.bytes.length).then(() => undefined);
  });
}

/** Removes a record and its keys. Throws WriteConflict. */
export function removeRecord(
  context: WriteContext,
  transaction: StorageTransaction,
  collection: Collection,
  record: StoredRecord,
): MaybePromise<void> {
  const writes = [recordRemoval(collection, record)];
  for (const index of collection.indexes) {
    removeEntries(index, entryKeys(context, indexKeys(index.descriptor, record.bytes)), record.key, writes);
  }
  return chain(transaction.write(writes, changeOf(collection, record.bytes, undefined)), () => {
    if (collection.capped === undefined) return undefined;
    return changeUsage(transaction, collection, -1, -record.bytes.length).then(() => undefined);
  });
}

function removeEntries({ table, descriptor }: Index, keys: Iterable<Key>, recordKey: Key, writes: Write[]): void {
  for (const entryKey of keys) {
    const { key, value } = indexEntry(descriptor.isUnique, entryKey, recordKey);
    writes.push({ table, key, value: undefined, replaces: value.length });
  }
}

/** A new entry, where none lies. */
function entryWrite({ table, descriptor }: Index, entryKey: Key, recordKey: Key): Write {
  const { key, value } = indexEntry(descriptor.isUnique, entryKey, recordKey);
  return { table, key, value, replaces: 'nothing' };
}

function recordRemoval({ recordTable }: Collection, { key, bytes }: StoredRecord): Write {
  return { table: recordTable, key, value: undefined, replaces: bytes.length };
}

function entryKeys(context: WriteContext, keys: IndexKeys): Set<Key> {
  return new Set(keys.keys.map((key) => fitKey(key, context.keyBytes)));
}
