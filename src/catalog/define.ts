/** Making and renaming collections: catalog changes in the operation's own transaction. */

import { valuesEqual } from '../bson/compare.ts';
import { printDocument } from '../bson/print.ts';
import type { BsonDocument } from '../bson/value.ts';
import { isWatchable } from '../change/change.ts';
import { type Randomness, randomUuid } from '../clock/randomness.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import type { CatalogEntry, Collection } from './collection.ts';
import { noteCreated, noteRenamed } from './definition-change.ts';
import { checkCreatable, type Namespace } from './namespace.ts';
import type { ChangeHooks } from './own-transaction.ts';
import { collectionFrom, initialIndexes } from './record.ts';

/** Everything that create and implicit creation decide; options as listCollections shows them. */
export interface NewCollection {
  readonly name: Namespace;
  readonly options: BsonDocument;
  /** Specifications of the indexes that exist from the start, `_id` first. Default: those that follow from the options. */
  readonly indexes?: readonly BsonDocument[];
  readonly uuid?: Buffer;
}

/** Adds a collection in this transaction. Throws NamespaceExists, InvalidNamespace, DatabaseDifferCase. */
export async function createCollection(
  catalog: Catalog,
  randomness: Randomness,
  hooks: ChangeHooks,
  transaction: StorageTransaction,
  wanted: NewCollection,
): Promise<Collection> {
  checkCreatable(wanted.name);
  checkFree(catalog, transaction, wanted.name);
  const collection = await newCollection(catalog, randomness, wanted);
  await catalog.put(transaction, hooks, collection);
  await noteCreated(transaction, collection);
  return collection;
}

/** A collection with tables of its own that the catalog does not know yet. */
export async function newCollection(
  catalog: Catalog,
  randomness: Randomness,
  wanted: NewCollection,
): Promise<Collection> {
  const indexes = wanted.indexes ?? initialIndexes(wanted.options, undefined);
  const [recordTable = 0, ...indexTables] = await catalog.allocateTables(1 + indexes.length);
  return collectionFrom(
    {
      namespace: wanted.name,
      uuid: wanted.uuid ?? randomUuid(randomness),
      options: wanted.options,
      recordTable,
      indexes: indexes.map((specification, at) => ({
        specification,
        table: indexTables[at] as number,
        isMultikey: false,
        multikeyPaths: [],
      })),
    },
    catalog.locks,
    catalog.version,
  );
}

/** Throws where a collection or view of this name cannot be made beside what is there: NamespaceExists, DatabaseDifferCase. */
export function checkFree(catalog: Catalog, transaction: StorageTransaction, name: Namespace): void {
  const existing = catalog.find(transaction, name.database, name.collection);
  if (existing !== undefined) throw namespaceExists(existing);
  const other = catalog.findDatabaseDifferingInCase(name.database);
  if (other !== undefined) {
    throw new MongoError(
      'DatabaseDifferCase',
      `db already exists with different case already have: [${other}] trying to create [${name.database}]`,
    );
  }
}

/** 48, with what is there already. */
export function namespaceExists(existing: CatalogEntry): MongoError {
  const kind = existing.kind === 'view' ? 'view' : 'collection';
  return new MongoError(
    'NamespaceExists',
    `Collection ${existing.namespace.full} already exists as a ${kind} with options ${printDocument(existing.options)}`,
  );
}

/** Whether an existing entry is what a `create` with these options would make, so that it succeeds without effect. */
export function hasSameOptions(existing: CatalogEntry, options: BsonDocument, isView: boolean): boolean {
  return (existing.kind === 'view') === isView && valuesEqual(existing.options, options);
}

/** Gives an entry another name in this transaction, in place of `target` if that is to be dropped. */
export async function renameEntry(
  catalog: Catalog,
  hooks: ChangeHooks,
  transaction: StorageTransaction,
  source: Collection,
  to: Namespace,
  dropTarget: boolean,
): Promise<void> {
  checkCreatable(to);
  const target = catalog.find(transaction, to.database, to.collection);
  if (target !== undefined) {
    if (target.kind === 'view') {
      throw new MongoError('NamespaceExists', `a view already exists with that name: ${to.full}`);
    }
    if (!dropTarget) throw new MongoError('NamespaceExists', 'target namespace exists');
    await catalog.remove(transaction, hooks, target);
  }
  await noteRenamed(transaction, source, to, target);
  await catalog.move(transaction, hooks, source, {
    ...source,
    namespace: to,
    isWatchable: isWatchable(to) && !source.isTimeseries,
    state: { ...source.state, lock: catalog.locks.of(to.full) },
  });
}
