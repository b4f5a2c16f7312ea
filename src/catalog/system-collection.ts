/**
 * The collections that sessions keep their records in (`config.system.sessions`, `config.transactions`,
 * `config.image_collection`), found by `_id`: what `session/` asks for and the catalog knows how to do.
 */
import { document } from '../bson/literal.ts';
import { toDouble } from '../bson/number.ts';
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { encodeName, findField, skipValue, valueOffset } from '../bson/read.ts';
import { millisecondsOf } from '../bson/scalar.ts';
import { BsonType } from '../bson/type.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { encodeDocument } from '../bson/write.ts';
import type { Clock } from '../clock/clock.ts';
import type { Randomness } from '../clock/randomness.ts';
import { invariant } from '../error/invariant.ts';
import type { RecordChange, RecordCollection, SessionRecords } from '../session/session-records.ts';
import type { Key, StorageTransaction } from '../storage/engine.ts';
import { findCollection } from './access.ts';
import type { Catalog } from './catalog.ts';
import { type Collection, idIndex } from './collection.ts';
import { createCollection } from './define.ts';
import { insertRecord, removeRecord, replaceRecord, type StoredRecord, type WriteContext } from './document-write.ts';
import { buildIndexes, withIndexSpecification } from './index-build.ts';
import { fitKey } from './index-table.ts';
import { type Namespace, namespace } from './namespace.ts';
import { type ChangeHooks, inOwnTransaction, type OwnCommit } from './own-transaction.ts';
import { idIndexSpecification } from './record.ts';

export interface SystemCollectionOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly writing: WriteContext;
  /** Commits what is written here. */
  readonly commit: OwnCommit;
}

/** One of these collections. Every method is one storage transaction. */
class SystemCollection implements RecordCollection {
  readonly #options: SystemCollectionOptions;
  readonly #name: Namespace;
  /** Indexes beside `_id` that the collection is made with. */
  readonly #indexes: readonly BsonDocument[];

  constructor(options: SystemCollectionOptions, name: Namespace, indexes: readonly BsonDocument[] = []) {
    this.#options = options;
    this.#name = name;
    this.#indexes = indexes;
  }

  upsert(changes: readonly RecordChange[]): Promise<void> {
    return this.#change(async (transaction, hooks) => {
      const { writing } = this.#options;
      const collection = await this.#ensure(transaction, hooks);
      const keys = this.#idKeys(changes.map(({ id }) => id));
      for (const [at, found] of (await this.#find(transaction, collection, keys)).entries()) {
        const change = changes[at] as RecordChange;
        const bytes = (found && withOtherDates(found, change)) ?? changed(found, change);
        if (found === undefined) await insertRecord(writing, transaction, collection, bytes, keys[at]);
        else if (!bytes.equals(found.bytes)) await replaceRecord(writing, transaction, collection, found, bytes);
      }
    });
  }

  remove(ids: readonly BsonDocument[]): Promise<number> {
    return this.#change(async (transaction) => {
      const collection = findCollection(this.#options.catalog, transaction, this.#name);
      if (collection === undefined) return 0;
      let removed = 0;
      for (const found of await this.#find(transaction, collection, this.#idKeys(ids))) {
        if (found === undefined) continue;
        await removeRecord(this.#options.writing, transaction, collection, found);
        removed++;
      }
      return removed;
    });
  }

  async findMissing(ids: readonly BsonDocument[]): Promise<number[]> {
    const { catalog } = this.#options;
    const transaction = await catalog.engine.begin({ readOnly: true });
    try {
      const collection = findCollection(catalog, transaction, this.#name);
      const keys = collection === undefined ? [] : await this.#recordKeys(transaction, collection, this.#idKeys(ids));
      return [...ids.keys()].filter((at) => keys[at] === undefined);
    } finally {
      transaction.abort();
    }
  }

  /** Makes the collection, or mends its one further index. */
  prepare(index: BsonDocument): Promise<void> {
    return this.#change(async (transaction, hooks) => {
      const { catalog } = this.#options;
      const collection = await this.#ensure(transaction, hooks);
      const name = index.get('name');
      const existing = collection.indexes.find(({ descriptor }) => descriptor.name === name);
      if (existing === undefined) {
        await buildIndexes(catalog, hooks, transaction, collection, [index]);
      } else if (!sameTimeout(existing.specification, index)) {
        await catalog.put(transaction, hooks, withIndexSpecification(collection, existing, index));
      }
    });
  }

  /** Whether collection and index are there. */
  isPrepared(indexName: string): boolean {
    const entry = this.#options.catalog.find(undefined, this.#name.database, this.#name.collection);
    return entry?.kind === 'collection' && entry.indexes.some(({ descriptor }) => descriptor.name === indexName);
  }

  /** The documents under these keys of ids, in the same order. An id that comes twice is not to be met here. */
  async #find(
    transaction: StorageTransaction,
    collection: Collection,
    ids: readonly Key[],
  ): Promise<(StoredRecord | undefined)[]> {
    const keys = await this.#recordKeys(transaction, collection, ids);
    const stored = await transaction.getMany(
      collection.recordTable,
      keys.filter((key) => key !== undefined),
    );
    let next = 0;
    return keys.map((key) => {
      const bytes = key === undefined ? undefined : stored[next++];
      return key === undefined || bytes === undefined ? undefined : { key, bytes };
    });
  }

  #idKeys(ids: readonly BsonDocument[]): Key[] {
    return ids.map((id) => fitKey(encodeKeyPart(id), this.#options.writing.keyBytes));
  }

  async #recordKeys(
    transaction: StorageTransaction,
    collection: Collection,
    ids: readonly Key[],
  ): Promise<(Key | undefined)[]> {
    const index = idIndex(collection);
    invariant(index !== undefined, `${this.#name.full} has an index on _id`);
    return (await transaction.getMany(index.table, ids)).map((key) => key?.toString('latin1'));
  }

  async #ensure(transaction: StorageTransaction, hooks: ChangeHooks): Promise<Collection> {
    const { catalog, randomness } = this.#options;
    const existing = findCollection(catalog, transaction, this.#name);
    if (existing !== undefined) return existing;
    return createCollection(catalog, randomness, hooks, transaction, {
      name: this.#name,
      options: BsonDocument.empty,
      indexes: [idIndexSpecification(BsonDocument.empty), ...this.#indexes],
    });
  }

  async #change<T>(work: (transaction: StorageTransaction, hooks: ChangeHooks) => Promise<T>): Promise<T> {
    const { catalog, commit } = this.#options;
    const lock = catalog.locks.of(this.#name.full);
    await lock.join('shared').granted;
    try {
      return await inOwnTransaction(catalog.engine, 'visible', work, commit);
    } finally {
      lock.release('shared');
    }
  }
}

/** The document where nothing but dates changes, each in its place; undefined where more does. Most changes are such. */
function withOtherDates({ bytes }: StoredRecord, { set, unset }: RecordChange): Buffer | undefined {
  if (unset !== undefined) return undefined;
  const changed = Buffer.from(bytes);
  for (const [name, value] of set) {
    const element = findField(bytes, 0, encodeName(name));
    if (element < 0) return undefined;
    const type = bytes[element];
    const at = valueOffset(bytes, element);
    if (value instanceof Date && type === BsonType.date) changed.writeBigInt64LE(millisecondsOf(value), at);
    else if (!(value instanceof BsonDocument) || type !== BsonType.object) return undefined;
    else if (!encodeDocument(value).equals(bytes.subarray(at, skipValue(bytes, type, at)))) return undefined;
  }
  return changed;
}

/** The document as it is to be stored. */
function changed(found: StoredRecord | undefined, { id, set, unset = [] }: RecordChange): Buffer {
  const fields: Map<string, Value> =
    found === undefined ? new Map([['_id', id]]) : BsonDocument.fromBytes(found.bytes).toFields();
  for (const name of unset) fields.delete(name);
  for (const [name, value] of set) fields.set(name, value);
  return encodeDocument(BsonDocument.fromFields(fields));
}

function sameTimeout(left: BsonDocument, right: BsonDocument): boolean {
  const [a, b] = [left.get('expireAfterSeconds'), right.get('expireAfterSeconds')];
  return isNumeric(a) && isNumeric(b) && toDouble(a) === toDouble(b);
}

const sessionIndexName = 'lsidTTLIndex';

/** The index that `config.transactions` is made with (reference 6.5). */
export const parentIndex = document({
  v: 2,
  key: { parentLsid: 1, '_id.txnNumber': 1, _id: 1 },
  name: 'parent_lsid',
  partialFilterExpression: { parentLsid: { $exists: true } },
});

/** What sessions keep in collections. */
export function systemCollections(options: SystemCollectionOptions): SessionRecords {
  const sessions = new SystemCollection(options, namespace('config', 'system.sessions'));
  return {
    sessions: {
      upsert: (changes) => sessions.upsert(changes),
      remove: (ids) => sessions.remove(ids),
      findMissing: (ids) => sessions.findMissing(ids),
      prepare: (expireAfterSeconds) =>
        sessions.prepare(document({ v: 2, key: { lastUse: 1 }, name: sessionIndexName, expireAfterSeconds })),
      isPrepared: () => sessions.isPrepared(sessionIndexName),
    },
    transactions: new SystemCollection(options, namespace('config', 'transactions'), [parentIndex]),
    images: new SystemCollection(options, namespace('config', 'image_collection')),
  };
}
