/**
 * Making, changing and dropping indexes.
 *
 *   the operation's transaction    reads the documents ──────────────────────────► puts the index into the catalog
 *   transactions of the build                 └► write keys, batch after batch ─┘
 *
 * Nobody knows the index's table before the catalog names it, so the keys need not wait for the operation's own commit
 * and a large collection is indexed without holding all keys in one transaction. Until then a note in the catalog's table
 * names the tables, so that the next start can give back what a crash left behind.
 */
import type { BsonDocument } from '../bson/value.ts';
import { yieldToEvents } from '../clock/clock.ts';
import { indexKeys, keyValues } from '../query/index-key.ts';
import type { Key, StorageTransaction, TableId, Write } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import type { Collection, Index } from './collection.ts';
import { noteIndexes } from './definition-change.ts';
import type { StoredRecord } from './document-write.ts';
import { duplicateKey } from './duplicate-key.ts';
import { makeIndex } from './index-specification.ts';
import { fitKey, indexEntry } from './index-table.ts';
import type { ChangeHooks } from './own-transaction.ts';
import { CollectionWalk } from './record-scan.ts';

/** Documents whose keys are written in one storage transaction: what takes a few milliseconds. */
const buildBatch = 128;

/** What building needs of the transaction that it is part of. */
export interface BuildHooks extends ChangeHooks {
  checkInterrupt?(): void;
}

/** Builds indexes over what the collection holds and answers the collection that has them. Throws DuplicateKey. */
export async function buildIndexes(
  catalog: Catalog,
  hooks: BuildHooks,
  transaction: StorageTransaction,
  collection: Collection,
  specifications: readonly BsonDocument[],
): Promise<Collection> {
  const built = await buildAll(catalog, hooks, transaction, collection, specifications);
  const changed = { ...collection, indexes: [...collection.indexes, ...built] };
  await catalog.put(transaction, hooks, changed);
  await noteIndexes(transaction, 'createIndexes', collection, specifications);
  return changed;
}

/**
 * Builds an index of this collection anew under another specification, which takes its place. Throws DuplicateKey where
 * the new one is unique and the documents are not.
 */
export async function rebuildIndex(
  catalog: Catalog,
  hooks: BuildHooks,
  transaction: StorageTransaction,
  collection: Collection,
  index: Index,
  specification: BsonDocument,
): Promise<void> {
  const [built] = await buildAll(catalog, hooks, transaction, collection, [specification]);
  const indexes = collection.indexes.map((other) => (other === index && built !== undefined ? built : other));
  await catalog.put(transaction, hooks, { ...collection, indexes });
  hooks.afterCommit(() => catalog.dropTables([index.table]));
}

async function buildAll(
  catalog: Catalog,
  hooks: BuildHooks,
  transaction: StorageTransaction,
  collection: Collection,
  specifications: readonly BsonDocument[],
): Promise<Index[]> {
  const tables = await catalog.allocateTables(specifications.length);
  const builds = specifications.map((specification, at) => new IndexBuild(specification, tables[at] as TableId));
  const walk = new CollectionWalk(collection);
  let isNoted = false;
  for (let records = await walk.next(transaction, buildBatch); records !== undefined; ) {
    hooks.checkInterrupt?.();
    if (records.length > 0) {
      if (!isNoted) await noteBuild(catalog, hooks, tables);
      isNoted = true;
      await writeKeys(catalog, collection, builds, records);
      await yieldToEvents();
    }
    records = await walk.next(transaction, buildBatch);
  }
  return builds.map(({ index }) => index);
}

/** From now on the tables are given back unless the operation's transaction commits. */
async function noteBuild(catalog: Catalog, hooks: BuildHooks, tables: readonly TableId[]): Promise<void> {
  await catalog.noteBuild(tables);
  let isCommitted = false;
  hooks.afterCommit(() => {
    isCommitted = true;
  });
  hooks.onRelease(() => {
    if (!isCommitted) catalog.dropTables(tables);
    catalog.endBuild(tables);
  });
}

async function writeKeys(
  catalog: Catalog,
  collection: Collection,
  builds: readonly IndexBuild[],
  records: readonly StoredRecord[],
): Promise<void> {
  const transaction = await catalog.engine.begin();
  try {
    for (const build of builds) {
      await build.add(transaction, collection, records, catalog.engine.capabilities.keyBytes);
    }
    await transaction.commit('visible');
  } catch (thrown) {
    transaction.abort();
    throw thrown;
  }
}

/** One index on its way. */
class IndexBuild {
  index: Index;
  readonly #multikeyPaths = new Set<string>();

  constructor(specification: BsonDocument, table: TableId) {
    this.index = makeIndex(specification, table);
  }

  /** Writes the keys of some documents. */
  async add(
    transaction: StorageTransaction,
    collection: Collection,
    records: readonly StoredRecord[],
    keyBytes: number,
  ): Promise<void> {
    const { table, descriptor } = this.index;
    const writes: Write[] = [];
    const unique = new Map<Key, { readonly bytes: Buffer; readonly indexed: string }>();
    for (const { key, bytes } of records) {
      const keys = indexKeys(descriptor, bytes);
      if (keys.isMultikey) this.#markMultikey(keys.multikeyPaths);
      for (const indexed of keys.keys) {
        const entryKey = fitKey(indexed, keyBytes);
        if (descriptor.isUnique) {
          if (unique.has(entryKey)) throw this.#duplicate(collection, bytes, indexed);
          unique.set(entryKey, { bytes, indexed });
        }
        writes.push({ table, ...indexEntry(descriptor.isUnique, entryKey, key) });
      }
    }
    const known = unique.size === 0 ? [] : await transaction.getMany(table, [...unique.keys()]);
    const taken = known.findIndex((value) => value !== undefined);
    const again = [...unique.values()][taken];
    if (again !== undefined) throw this.#duplicate(collection, again.bytes, again.indexed);
    await transaction.write(writes);
  }

  #duplicate(collection: Collection, bytes: Buffer, indexed: string): Error {
    return duplicateKey(collection, this.index, keyValues(this.index.descriptor, bytes, indexed));
  }

  #markMultikey(paths: readonly string[]): void {
    const { descriptor } = this.index;
    if (descriptor.isMultikey && paths.every((path) => this.#multikeyPaths.has(path))) return;
    for (const path of paths) this.#multikeyPaths.add(path);
    this.index = {
      ...this.index,
      descriptor: { ...descriptor, isMultikey: true, multikeyPaths: [...this.#multikeyPaths] },
    };
  }
}

/** The collection without these indexes; their tables go after the commit. */
export async function dropIndexes(
  catalog: Catalog,
  hooks: BuildHooks,
  transaction: StorageTransaction,
  collection: Collection,
  names: readonly string[],
): Promise<void> {
  const dropped = collection.indexes.filter(({ descriptor }) => names.includes(descriptor.name));
  await catalog.put(transaction, hooks, {
    ...collection,
    indexes: collection.indexes.filter((index) => !dropped.includes(index)),
  });
  const specifications = dropped.map(({ specification }) => specification);
  if (dropped.length > 0) await noteIndexes(transaction, 'dropIndexes', collection, specifications);
  hooks.afterCommit(() => {
    for (const { descriptor } of dropped) collection.state.indexUses.delete(descriptor.name);
    catalog.dropTables(dropped.map(({ table }) => table));
  });
}

/** The collection with another description of one of its indexes, whose keys stay. */
export function withIndexSpecification(collection: Collection, index: Index, specification: BsonDocument): Collection {
  const { isMultikey, multikeyPaths } = index.descriptor;
  const changed = makeIndex(specification, index.table, isMultikey, multikeyPaths);
  return { ...collection, indexes: collection.indexes.map((other) => (other === index ? changed : other)) };
}

/** Notes durably that an index has keys of arrays, in a storage transaction of its own, before the first such key is written. */
export async function markMultikey(
  catalog: Catalog,
  collection: Collection,
  indexName: string,
  paths: readonly string[],
): Promise<void> {
  await catalog.amend(collection.namespace, (current) => withMultikey(current, indexName, paths));
}

/** The collection with an index that has keys of arrays at these paths. */
export function withMultikey(collection: Collection, indexName: string, paths: readonly string[]): Collection {
  const indexes = collection.indexes.map((index) => {
    const { descriptor } = index;
    if (descriptor.name !== indexName) return index;
    const multikeyPaths = [...new Set([...descriptor.multikeyPaths, ...paths])];
    return { ...index, descriptor: { ...descriptor, isMultikey: true, multikeyPaths } };
  });
  return { ...collection, indexes };
}
