/**
 * Making, changing and dropping views. A database with views has a collection `system.views` that shows them as documents,
 * as MongoDB keeps them. The catalog is what counts here; the documents follow it, in the same storage transactions.
 */
import { document } from '../bson/literal.ts';
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import type { Randomness } from '../clock/randomness.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import { type Collection, idIndex, type View } from './collection.ts';
import { checkFree, createCollection } from './define.ts';
import { noteCreated, noteDropped } from './definition-change.ts';
import { insertRecord, removeRecord, replaceRecord, type StoredRecord, type WriteContext } from './document-write.ts';
import { fitKey } from './index-table.ts';
import { checkCreatable, type Namespace, namespace } from './namespace.ts';
import type { ChangeHooks } from './own-transaction.ts';
import { viewFrom } from './record.ts';
import { checkViewGraph } from './view-graph.ts';

/** What changing views takes. */
export interface ViewContext {
  readonly catalog: Catalog;
  readonly randomness: Randomness;
  readonly writing: WriteContext;
}

/** The name of the collection that shows the views of a database. */
export function viewRecordsOf(database: string): Namespace {
  return namespace(database, 'system.views');
}

/**
 * Adds a view in this transaction; its options as listCollections shows them, its pipeline read before. Throws as
 * `createCollection` and as `checkViewGraph`.
 */
export async function createView(
  context: ViewContext,
  hooks: ChangeHooks,
  transaction: StorageTransaction,
  name: Namespace,
  options: BsonDocument,
): Promise<void> {
  checkCreatable(name);
  checkFree(context.catalog, transaction, name);
  await changeView(context, hooks, transaction, name, options);
  await noteCreated(transaction, viewFrom(name, options));
}

/** Gives a view these options in this transaction. Throws as `checkViewGraph`. */
export async function changeView(
  context: ViewContext,
  hooks: ChangeHooks,
  transaction: StorageTransaction,
  name: Namespace,
  options: BsonDocument,
): Promise<void> {
  const view = viewFrom(name, options);
  checkViewGraph(context.catalog, transaction, view);
  await context.catalog.put(transaction, hooks, view);
  await putRecord(context, hooks, transaction, view);
}

/** Drops a view in this transaction. */
export async function removeView(
  context: ViewContext,
  hooks: ChangeHooks,
  transaction: StorageTransaction,
  view: View,
): Promise<void> {
  await context.catalog.remove(transaction, hooks, view);
  await noteDropped(transaction, view);
  await removeRecordOf(context, transaction, view);
}

async function putRecord(
  context: ViewContext,
  hooks: ChangeHooks,
  transaction: StorageTransaction,
  view: View,
): Promise<void> {
  const { catalog, randomness, writing } = context;
  const name = viewRecordsOf(view.namespace.database);
  const collection =
    findRecords(catalog, transaction, name) ??
    (await createCollection(catalog, randomness, hooks, transaction, { name, options: BsonDocument.empty }));
  const bytes = encodeDocument(
    document({
      _id: view.namespace.full,
      viewOn: view.viewOn,
      pipeline: [...view.pipeline],
      collation: view.options.get('collation'),
    }),
  );
  const existing = await findRecord(context, transaction, collection, view.namespace);
  if (existing === undefined) await insertRecord(writing, transaction, collection, bytes);
  else await replaceRecord(writing, transaction, collection, existing, bytes);
}

async function removeRecordOf(context: ViewContext, transaction: StorageTransaction, view: View): Promise<void> {
  const collection = findRecords(context.catalog, transaction, viewRecordsOf(view.namespace.database));
  if (collection === undefined) return;
  const existing = await findRecord(context, transaction, collection, view.namespace);
  if (existing !== undefined) await removeRecord(context.writing, transaction, collection, existing);
}

function findRecords(catalog: Catalog, transaction: StorageTransaction, name: Namespace): Collection | undefined {
  const entry = catalog.find(transaction, name.database, name.collection);
  return entry?.kind === 'collection' ? entry : undefined;
}

async function findRecord(
  { writing }: ViewContext,
  transaction: StorageTransaction,
  collection: Collection,
  view: Namespace,
): Promise<StoredRecord | undefined> {
  const index = idIndex(collection);
  if (index === undefined) return undefined;
  const recordKey = await transaction.get(index.table, fitKey(encodeKeyPart(view.full), writing.keyBytes));
  if (recordKey === undefined) return undefined;
  const key = recordKey.toString('latin1');
  const bytes = await transaction.get(collection.recordTable, key);
  return bytes === undefined ? undefined : { key, bytes };
}
