/** What change streams are told of collections and views: notes in the transactions that make, change and drop them. */
import { document } from '../bson/literal.ts';
import { Binary } from '../bson/scalar.ts';
import { BsonDocument } from '../bson/value.ts';
import { DefinitionChange, type DefinitionDetails, type DefinitionKind, isWatchable } from '../change/change.ts';
import type { MaybePromise, StorageTransaction } from '../storage/engine.ts';
import { type CatalogEntry, type Collection, idIndex } from './collection.ts';
import type { Namespace } from './namespace.ts';

function note(
  transaction: StorageTransaction,
  kind: DefinitionKind,
  entry: CatalogEntry,
  details: Partial<DefinitionDetails>,
): MaybePromise<void> {
  const { database, collection } = entry.namespace;
  if (!isWatchable(entry.namespace)) return;
  const uuid = entry.kind === 'collection' ? entry.uuid : undefined;
  const type = entry.kind === 'view' ? 'view' : entry.isTimeseries ? 'timeseries' : 'collection';
  return transaction.write([], new DefinitionChange(kind, { database, collection, uuid, type, ...details }));
}

/** A collection or view was made. */
export function noteCreated(transaction: StorageTransaction, entry: CatalogEntry): MaybePromise<void> {
  const options = entry.options.toFields();
  const id = entry.kind === 'collection' ? idIndex(entry)?.specification : undefined;
  if (id?.get('name') === '_id_') options.set('idIndex', id);
  return note(transaction, 'create', entry, { description: BsonDocument.fromFields(options) });
}

/** Indexes were built or dropped. */
export function noteIndexes(
  transaction: StorageTransaction,
  kind: 'createIndexes' | 'dropIndexes',
  collection: Collection,
  specifications: readonly BsonDocument[],
): MaybePromise<void> {
  return note(transaction, kind, collection, { description: document({ indexes: [...specifications] }) });
}

/** A collection or view got other options; `description` is what was asked for. */
export function noteModified(
  transaction: StorageTransaction,
  before: CatalogEntry,
  description: BsonDocument,
): MaybePromise<void> {
  const options = before.options.toFields();
  if (before.kind === 'collection') options.set('uuid', new Binary(before.uuid, Binary.SUBTYPE_UUID));
  return note(transaction, 'modify', before, {
    description,
    stateBefore: document({ collectionOptions: BsonDocument.fromFields(options) }),
  });
}

/** A collection got another name, in place of the target that was there. */
export function noteRenamed(
  transaction: StorageTransaction,
  source: Collection,
  to: Namespace,
  target: Collection | undefined,
): MaybePromise<void> {
  return note(transaction, 'rename', source, {
    to,
    description: document({
      to: { db: to.database, coll: to.collection },
      dropTarget: target === undefined ? undefined : new Binary(target.uuid, Binary.SUBTYPE_UUID),
    }),
  });
}

/** A collection or view was dropped. */
export function noteDropped(transaction: StorageTransaction, entry: CatalogEntry): MaybePromise<void> {
  return note(transaction, 'drop', entry, {});
}

/** A database was dropped, after all that was in it. */
export function noteDatabaseDropped(transaction: StorageTransaction, database: string): MaybePromise<void> {
  if (!isWatchable({ database, collection: '' })) return;
  return transaction.write([], new DefinitionChange('dropDatabase', { database }));
}
