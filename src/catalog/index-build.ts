/** Making and dropping indexes: catalog changes with the keys of all documents, in the operation's own transaction. */

import { valuesEqual } from '../bson/compare.ts';
import { printDocument } from '../bson/print.ts';
import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { collationsEqual } from '../query/collation.ts';
import { indexKeys, keyValues } from '../query/index-key.ts';
import type { StorageTransaction, Write } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import type { Collection, Index } from './collection.ts';
import { duplicateKey } from './duplicate-key.ts';
import { descriptorOf } from './index-specification.ts';
import { fitKey, indexEntry } from './index-table.ts';
import type { ChangeHooks } from './own-transaction.ts';
import { CollectionWalk } from './record-scan.ts';

const buildBatch = 500;

/** What building needs of the transaction that it is part of. */
export interface BuildHooks extends ChangeHooks {
  checkInterrupt?(): void;
}

/** The specifications that are not there yet. Throws IndexOptionsConflict, IndexKeySpecsConflict for half-equal ones. */
export function missingIndexes(collection: Collection, wanted: readonly BsonDocument[]): BsonDocument[] {
  const missing: BsonDocument[] = [];
  for (const specification of wanted) {
    const descriptor = descriptorOf(specification, false, []);
    const known = [...collection.indexes.map((index) => index.specification), ...missing];
    if (!known.some((existing) => isSameIndex(existing, specification, descriptor))) missing.push(specification);
  }
  if (collection.indexes.length + missing.length > limits.indexesPerCollection) {
    throw new MongoError(
      'CannotCreateIndex',
      `add index fails, too many indexes for ${collection.namespace.full} key:${missing[0]?.get('key')}`,
    );
  }
  return missing;
}

function isSameIndex(
  existing: BsonDocument,
  wanted: BsonDocument,
  descriptor: ReturnType<typeof descriptorOf>,
): boolean {
  const other = descriptorOf(existing, false, []);
  const isSameKey = sameKeyPattern(other.keyPattern, descriptor.keyPattern);
  const isSameIdentity =
    isSameKey &&
    collationsEqual(other.collation, descriptor.collation) &&
    valuesEqual(existing.get('partialFilterExpression'), wanted.get('partialFilterExpression'));
  if (other.name === descriptor.name) {
    if (!isSameIdentity || !hasSameOptions(existing, wanted)) {
      throw new MongoError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${describe(wanted)}, existing index: ${describe(existing)}`,
      );
    }
    return true;
  }
  if (!isSameIdentity) return false;
  const why = hasSameOptions(existing, wanted)
    ? `Index already exists with a different name: ${other.name}`
    : `An equivalent index already exists with a different name and options. Requested index: ${describe(wanted)}, existing index: ${describe(existing)}`;
  throw new MongoError('IndexOptionsConflict', why);
}

function describe(specification: BsonDocument): string {
  return printDocument(specification);
}

/** Key patterns are the same field by field: direction and order count. */
function sameKeyPattern(left: BsonDocument, right: BsonDocument): boolean {
  return valuesEqual(left, right);
}

const comparedOptions = ['unique', 'sparse', 'expireAfterSeconds', 'hidden', 'wildcardProjection'];

function hasSameOptions(left: BsonDocument, right: BsonDocument): boolean {
  return comparedOptions.every((name) => valuesEqual(left.get(name) ?? false, right.get(name) ?? false));
}

/** Builds indexes over what the collection holds and answers the collection that has them. Throws DuplicateKey. */
export async function buildIndexes(
  catalog: Catalog,
  hooks: BuildHooks,
  transaction: StorageTransaction,
  collection: Collection,
  specifications: readonly BsonDocument[],
): Promise<Collection> {
  const tables = await catalog.allocateTables(specifications.length);
  const built: Index[] = [];
  for (const [at, specification] of specifications.entries()) {
    built.push(await buildIndex(catalog, hooks, transaction, collection, specification, tables[at] as number));
  }
  const changed = { ...collection, indexes: [...collection.indexes, ...built] };
  await catalog.put(transaction, hooks, changed);
  return changed;
}

async function buildIndex(
  catalog: Catalog,
  hooks: BuildHooks,
  transaction: StorageTransaction,
  collection: Collection,
  specification: BsonDocument,
  table: number,
): Promise<Index> {
  let index: Index = { specification, table, descriptor: descriptorOf(specification, false, []) };
  const paths = new Set<string>();
  const { keyBytes } = catalog.engine.capabilities;
  const walk = new CollectionWalk(collection);
  const seen = new Set<string>();
  for (let records = await walk.next(transaction, buildBatch); records !== undefined; ) {
    hooks.checkInterrupt?.();
    const writes: Write[] = [];
    for (const { key, bytes } of records) {
      const keys = indexKeys(index.descriptor, bytes);
      if (keys.isMultikey) {
        for (const path of keys.multikeyPaths) paths.add(path);
        index = { ...index, descriptor: { ...index.descriptor, isMultikey: true, multikeyPaths: [...paths] } };
      }
      for (const indexed of keys.keys) {
        const entryKey = fitKey(indexed, keyBytes);
        if (index.descriptor.isUnique) {
          if (seen.has(entryKey)) throw duplicateKey(collection, index, keyValues(index.descriptor, bytes, indexed));
          seen.add(entryKey);
        }
        writes.push({ table, ...indexEntry(index.descriptor.isUnique, entryKey, key) });
      }
    }
    await transaction.write(writes);
    records = await walk.next(transaction, buildBatch);
  }
  return index;
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
  hooks.afterCommit(() => catalog.dropTables(dropped.map(({ table }) => table)));
}

/** Puts another description in place of an index of the same name; its keys stay. */
export async function replaceIndex(
  catalog: Catalog,
  hooks: ChangeHooks,
  transaction: StorageTransaction,
  collection: Collection,
  { specification, table, descriptor }: Index,
): Promise<void> {
  const { isMultikey, multikeyPaths, name } = descriptor;
  const changed = { specification, table, descriptor: descriptorOf(specification, isMultikey, multikeyPaths) };
  const indexes = collection.indexes.map((index) => (index.descriptor.name === name ? changed : index));
  await catalog.put(transaction, hooks, { ...collection, indexes });
}

/** Notes durably that an index has keys of arrays, in a storage transaction of its own, before the first such key is written. */
export async function markMultikey(
  catalog: Catalog,
  collection: Collection,
  indexName: string,
  paths: readonly string[],
): Promise<void> {
  await catalog.amend(collection.namespace, (current) => ({
    ...current,
    indexes: current.indexes.map((index) =>
      index.descriptor.name === indexName
        ? {
            ...index,
            descriptor: {
              ...index.descriptor,
              isMultikey: true,
              multikeyPaths: [...new Set([...index.descriptor.multikeyPaths, ...paths])],
            },
          }
        : index,
    ),
  }));
}
