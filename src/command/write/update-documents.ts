/** Update statements: which documents, what becomes of them, and the document that an upsert makes. */
import type { Timestamp } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { findCollection } from '../../catalog/access.ts';
import type { Collection } from '../../catalog/collection.ts';
import { replaceRecord, type StoredRecord } from '../../catalog/document-write.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { fetchRecords } from '../../catalog/record-scan.ts';
import { checkMeasurementUpdate } from '../../catalog/timeseries.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { ExecutedStatement, Operation } from '../../session/operation.ts';
import type { StorageTransaction } from '../../storage/engine.ts';
import { parseUpdate, type Update, type UpdateRun } from '../../update/update.ts';
import { openQuery, type PreparedQuery, planOf, prepareQuery, queryRun } from '../read/query.ts';
import { compilePipeline } from '../read/update-pipeline.ts';
import type { Services } from '../services.ts';
import { insertOne } from './insert-documents.ts';
import { validateDocument } from './validate-document.ts';

/** One statement of update or bulkWrite. */
export interface UpdateStatement {
  readonly filter: BsonDocument;
  readonly update: BsonDocument | readonly Value[];
  readonly isMulti: boolean;
  readonly isUpsert: boolean;
  readonly arrayFilters: readonly BsonDocument[] | undefined;
  readonly collation: BsonDocument | undefined;
  readonly hint: Value | undefined;
  readonly let: BsonDocument | undefined;
  readonly sort: BsonDocument | undefined;
  readonly bypassValidation: boolean;
}

/** What a statement did. */
export interface UpdateOutcome {
  readonly matched: number;
  readonly modified: number;
  /** `_id` of the document that an upsert made. */
  readonly upsertedId: Value | undefined;
}

/** A statement parsed for one collection. */
export interface PreparedUpdate {
  readonly statement: UpdateStatement;
  readonly query: PreparedQuery;
  readonly update: Update;
}

/** Reads a statement; throws what MongoDB throws for it. */
export function prepareUpdate(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection | undefined,
  statement: UpdateStatement,
): PreparedUpdate {
  const { filter, sort, hint, collation, isMulti } = statement;
  if (collection !== undefined) checkMeasurementUpdate(collection, statement);
  const query = prepareQuery(services, operation, collection?.collation, {
    filter,
    sort,
    hint,
    collation,
    let: statement.let,
    limit: isMulti ? 0 : 1,
  });
  const update = parseUpdate(statement.update, {
    collation: query.collation,
    arrayFilters: statement.arrayFilters,
    compilePipeline: compilePipeline(services, operation, transaction, query),
  });
  if (isMulti && update.kind === 'replacement') {
    throw new MongoError('FailedToParse', 'multi update is not supported for replacement-style update');
  }
  return { statement, query, update };
}

/** Runs one statement. `collection` is undefined where there is none and the statement is no upsert. */
export async function updateDocuments(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  name: Namespace,
  statement: UpdateStatement,
): Promise<UpdateOutcome> {
  const collection = findCollection(services.catalog, transaction, name);
  const prepared = prepareUpdate(services, operation, transaction, collection, statement);
  if (collection === undefined) return { matched: 0, modified: 0, upsertedId: undefined };
  const keys = await matchingKeys(services, operation, transaction, collection, prepared.query);
  if (keys.length === 0) {
    if (!statement.isUpsert) return { matched: 0, modified: 0, upsertedId: undefined };
    const created = await upsert(services, operation, transaction, collection, prepared);
    return { matched: 0, modified: 0, upsertedId: created.get('_id') };
  }
  let modified = 0;
  for (let at = 0; at < keys.length; at += fetchBatch) {
    operation.checkInterrupt();
    for (const record of await fetchRecords(
      transaction,
      collection,
      keys.slice(at, at + fetchBatch),
      () => undefined,
    )) {
      const changed = await updateRecord(services, operation, transaction, collection, prepared, record);
      if (changed !== undefined) modified++;
    }
  }
  return { matched: keys.length, modified, upsertedId: undefined };
}

const fetchBatch = 256;

/** Keys first, changes afterwards: a document that a change moves within an index must not be met again. */
async function matchingKeys(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection,
  query: PreparedQuery,
): Promise<string[]> {
  const records = openQuery(services, query, collection, planOf(query, collection));
  const run = queryRun(services, operation, transaction);
  const keys: string[] = [];
  for (
    let batch = await records.next(run, fetchBatch);
    batch !== undefined;
    batch = await records.next(run, fetchBatch)
  ) {
    for (const { key } of batch) keys.push(key);
  }
  return keys;
}

/** Changes one document; answers what it became, undefined where nothing changed. */
export async function updateRecord(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection,
  { query, update, statement }: PreparedUpdate,
  record: StoredRecord,
): Promise<BsonDocument | undefined> {
  const before = BsonDocument.fromBytes(record.bytes);
  const arrayPosition = update.needsArrayPosition ? query.filter.arrayPosition(record.bytes, query.scope) : undefined;
  const after = update.apply(before, updateRun(services, operation, arrayPosition));
  // A replacement counts as a modification even where it changes nothing.
  const isReplacement = update.kind === 'replacement';
  if (after === before && !isReplacement) return undefined;
  const bytes = encodeDocument(after);
  if (bytes.equals(record.bytes) && !isReplacement) return undefined;
  if (!statement.bypassValidation) validateDocument(services, operation, collection, bytes, record.bytes);
  await replaceRecord(services.writing, transaction, collection, record, bytes);
  return after;
}

function updateRun(services: Services, operation: Operation, arrayPosition?: number): UpdateRun {
  return { now: new Date(operation.startMs), timestamp: timestampOf(services), arrayPosition };
}

function timestampOf(services: Services): Timestamp {
  return services.time.now();
}

/** Inserts what an upsert makes of the filter and the update; answers the stored document. */
export function upsert(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection,
  { query, update, statement }: PreparedUpdate,
): Promise<BsonDocument> {
  const document = update.createForUpsert(query.filter.equalities(), updateRun(services, operation));
  return insertOne(services, operation, transaction, collection, document, statement);
}

/** What the history of a session keeps of a statement. */
export function executedUpdate({ modified, upsertedId }: UpdateOutcome): ExecutedStatement | undefined {
  if (upsertedId !== undefined) return { kind: 'upsert', upsertedId };
  return modified > 0 ? { kind: 'update' } : undefined;
}

/** The outcome of a statement that an earlier attempt ran. Throws 40638 where that was no update. */
export function replayedUpdate({ kind, upsertedId }: ExecutedStatement): UpdateOutcome {
  if (kind === 'update') return { matched: 1, modified: 1, upsertedId: undefined };
  if (kind === 'upsert' || kind === 'insert') return { matched: 0, modified: 0, upsertedId: upsertedId ?? null };
  throw new MongoError('Location40638', 'retry of an update found that the statement was not an update');
}
