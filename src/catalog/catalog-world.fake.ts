/** A catalog over a store in memory, with a clock that stands still; for tests. */
import { document, type Literal } from '../bson/literal.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { seededRandomness } from '../clock/randomness.ts';
import { invariant } from '../error/invariant.ts';
import type { MaybePromise, StorageEngine, StorageTransaction } from '../storage/engine.ts';
import { MemoryEngine } from '../storage/memory/memory-engine.ts';
import { Catalog } from './catalog.ts';
import type { Collection } from './collection.ts';
import { createCollection } from './define.ts';
import { insertRecord, type StoredRecord, type WriteContext } from './document-write.ts';
import { markMultikey } from './index-build.ts';
import { parseIndexSpecification } from './index-specification.ts';
import { type Namespace, namespace } from './namespace.ts';
import { type ChangeHooks, inOwnTransaction } from './own-transaction.ts';
import { naturalWalk } from './plan-walk.ts';

type Fields = { readonly [name: string]: Literal };

export class CatalogWorld {
  readonly engine: StorageEngine;
  readonly catalog: Catalog;
  readonly clock = new ManualClock();
  readonly randomness = seededRandomness(1);
  readonly writing: WriteContext;

  private constructor(engine: StorageEngine, catalog: Catalog) {
    this.engine = engine;
    this.catalog = catalog;
    this.writing = {
      keyBytes: engine.capabilities.keyBytes,
      becomesMultikey: (collection, index, keys) =>
        markMultikey(catalog, collection, index.descriptor.name, keys.multikeyPaths),
    };
  }

  /** A world over an empty store, or over one that has a past. */
  static async open(engine: StorageEngine = new MemoryEngine()): Promise<CatalogWorld> {
    const catalog = await Catalog.open(engine, (thrown) => {
      throw thrown;
    });
    return new CatalogWorld(engine, catalog);
  }

  /** Runs work in a storage transaction of its own. */
  change<T>(work: (transaction: StorageTransaction, hooks: ChangeHooks) => MaybePromise<T>): Promise<T> {
    return inOwnTransaction(this.engine, 'visible', work);
  }

  /** Makes a collection `test.<name>`. */
  async create(name: string, options: Fields = {}, indexes?: readonly BsonDocument[]): Promise<Collection> {
    await this.change((transaction, hooks) =>
      createCollection(this.catalog, this.randomness, hooks, transaction, {
        name: nameOf(name),
        options: document(options),
        ...(indexes === undefined ? {} : { indexes }),
      }),
    );
    return this.collection(name);
  }

  /** The collection `test.<name>` as committed. */
  collection(name: string): Collection {
    const entry = this.catalog.find(undefined, 'test', name);
    invariant(entry?.kind === 'collection', `test.${name} is a collection`);
    return entry;
  }

  async insert(name: string, ...documents: readonly Fields[]): Promise<void> {
    await this.change(async (transaction) => {
      for (const fields of documents) {
        await insertRecord(this.writing, transaction, this.collection(name), encodeDocument(document(fields)));
      }
    });
  }

  /** The values of a field of all documents, in natural order. */
  async values(name: string, field = '_id', isReverse = false): Promise<unknown[]> {
    const transaction = await this.engine.begin({ readOnly: true });
    const walk = naturalWalk(this.collection(name), this.writing.keyBytes, isReverse);
    const found: StoredRecord[] = [];
    for (let batch = await walk.next(transaction, 2); batch !== undefined; batch = await walk.next(transaction, 2)) {
      found.push(...batch);
    }
    transaction.abort();
    return found.map(({ bytes }) => BsonDocument.fromBytes(bytes).get(field));
  }
}

export function nameOf(name: string): Namespace {
  return namespace('test', name);
}

/** A specification of createIndexes as it is stored. */
export function indexOn(key: Fields, options: Fields = {}): BsonDocument {
  const name = Object.entries(key)
    .map(([field, direction]) => `${field}_${direction}`)
    .join('_');
  return parseIndexSpecification(document({ key, name, ...options }));
}
