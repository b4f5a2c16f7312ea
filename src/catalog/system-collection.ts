/**
 * The collections that sessions keep their records in (`config.system.sessions`, `config.transactions`,
 * `config.image_collection`), found by `_id`: what `session/` asks for and the catalog knows how to do.
 */
import { document } from '../bson/literal.ts';
import { toDouble } from '../bson/number.ts';
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { encodeDocument } from '../bson/write.ts';
import type { Clock } from '../clock/clock.ts';
import type { Randomness } from '../clock/randomness.ts';
import { invariant } from '../error/invariant.ts';
import type { RecordChange, RecordCollection, SessionRecords } from '../session/session-records.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { findCollection } from './access.ts';
import type { Catalog } from './catalog.ts';
import { type Collection, idIndex } from './collection.ts';
import { createCollection } from './define.ts';
import { insertRecord, removeRecord, replaceRecord, type StoredRecord, type WriteContext } from './document-write.ts';
import { buildIndexes, withIndexSpecification } from './index-build.ts';
import { fitKey } from './index-table.ts';
import { type Namespace, namespace } from './namespace.ts';
import { type ChangeHooks, inOwnTransaction } from './own-transaction.ts';
import { idIndexSpecification } from './record.ts';

export interface SystemCollectionOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly writing: WriteContext;
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
      const collection = await this.#ensure(transaction, hooks);
      for (const change of changes) await this.#upsertOne(transaction, collection, change);
    });
  }

  async #upsertOne(transaction: StorageTransaction, collection: Collection, change: RecordChange): Promise<void> {
    const { writing } = this.#options;
    const found = await this.#find(transaction, collection, change.id);
    const fields: Map<string, Value> =
      found === undefined ? new Map([['_id', change.id]]) : BsonDocument.fromBytes(found.bytes).toFields();
    for (const name of change.unset ?? []) fields.delete(name);
    for (const [name, value] of change.set) fields.set(name, value);
    const bytes = encodeDocument(BsonDocument.fromFields(fields));
    if (found === undefined) await insertRecord(writing, transaction, collection, bytes);
    else if (!bytes.equals(found.bytes)) await replaceRecord(writing, transaction, collection, found, bytes);
  }

  remove(ids: readonly BsonDocument[]): Promise<number> {
    return this.#change(async (transaction) => {
      const collection = findCollection(this.#options.catalog, transaction, this.#name);
      if (collection === undefined) return 0;
      let removed = 0;
      for (const id of ids) {
        const found = await this.#find(transaction, collection, id);
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
      const missing: number[] = [];
      for (const [at, id] of ids.entries()) {
        if (collection === undefined || (await this.#find(transaction, collection, id)) === undefined) missing.push(at);
      }
      return missing;
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

  async #find(
    transaction: StorageTransaction,
    collection: Collection,
    id: BsonDocument,
  ): Promise<StoredRecord | undefined> {
    const index = idIndex(collection);
    invariant(index !== undefined, `${this.#name.full} has an index on _id`);
    const recordKey = await transaction.get(index.table, fitKey(encodeKeyPart(id), this.#options.writing.keyBytes));
    if (recordKey === undefined) return undefined;
    const key = recordKey.toString('latin1');
    const bytes = await transaction.get(collection.recordTable, key);
    return bytes === undefined ? undefined : { key, bytes };
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
    const { catalog, clock } = this.#options;
    const lock = catalog.locks.of(this.#name.full);
    await lock.join('shared').granted;
    try {
      return await inOwnTransaction(catalog.engine, clock, 'visible', work);
    } finally {
      lock.release('shared');
    }
  }
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
