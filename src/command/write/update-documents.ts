/** Update statements: which documents, what becomes of them, and the document that an upsert makes. */
import type { BsonDocument } from '../../bson/value.ts';
import { findCollection } from '../../catalog/access.ts';
import type { Collection } from '../../catalog/collection.ts';
import type { StoredRecord } from '../../catalog/document-write.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { fetchRecords } from '../../catalog/record-scan.ts';
import { checkMeasurementUpdate } from '../../catalog/timeseries.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { chain } from '../../session/maybe-promise.ts';
import type { ExecutedStatement, Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import { parseUpdate, type Update } from '../../update/update.ts';
import { openQuery, type PreparedQuery, planOf, prepareQuery, queryRun } from '../read/query.ts';
import { compilePipeline } from '../read/update-pipeline.ts';
import type { Services } from '../services.ts';
import { changeRecord, updateRun } from './change-record.ts';
import { insertOne } from './insert-documents.ts';
import type { UpdateOutcome, UpdateStatement } from './statement.ts';
import type { StatementParts } from './statement-parts.ts';
import { updateById } from './write-by-id.ts';

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
    keepsEmptyTimestamps: statement.keepsEmptyTimestamps,
    collation: query.collation,
    arrayFilters: statement.arrayFilters,
    watch: query.scope.environment.watch,
    compilePipeline: compilePipeline(services, operation, transaction, query),
  });
  if (isMulti && update.kind === 'replacement') {
    throw new MongoError('FailedToParse', 'multi update is not supported for replacement-style update');
  }
  return { statement, query, update };
}

/** Runs one statement, or as much of it as one part may. */
export function updateDocuments(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  name: Namespace,
  statement: UpdateStatement,
  parts?: StatementParts,
): MaybePromise<UpdateOutcome> {
  const collection = findCollection(services.catalog, transaction, name);
  if (collection === undefined) return updateMatching(services, operation, transaction, undefined, statement);
  const done = updateById({ services, operation, transaction, collection }, statement);
  return chain(
    done,
    (outcome) => outcome ?? updateMatching(services, operation, transaction, collection, statement, parts),
  );
}

/** The general way. `collection` is undefined where there is none and the statement is no upsert. */
async function updateMatching(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection | undefined,
  statement: UpdateStatement,
  parts?: StatementParts,
): Promise<UpdateOutcome> {
  const prepared = prepareUpdate(services, operation, transaction, collection, statement);
  if (collection === undefined) return { matched: 0, modified: 0, upsertedId: undefined };
  const left = parts?.left;
  const keys = left ?? (await matchingKeys(services, operation, transaction, collection, prepared.query));
  if (keys.length === 0) {
    if (!statement.isUpsert) return { matched: 0, modified: 0, upsertedId: undefined };
    const created = await upsert(services, operation, transaction, collection, prepared);
    return { matched: 0, modified: 0, upsertedId: created.get('_id') };
  }
  const { filter, scope } = prepared.query;
  let matched = 0;
  let modified = 0;
  let at = 0;
  for (; at < keys.length && parts?.isFull !== true; at += fetchBatch) {
    operation.checkInterrupt();
    for (const record of await fetchRecords(transaction, collection, keys.slice(at, at + fetchBatch), noCount)) {
      parts?.count(record.bytes.length);
      // In a further part others may have changed it since it was found.
      if (left !== undefined && !filter.isEmpty && !filter.matches(record.bytes, scope)) continue;
      matched++;
      const changed = await updateRecord(services, operation, transaction, collection, prepared, record);
      if (changed !== undefined) modified++;
      const turn = scope.environment.watch?.pause();
      if (turn !== undefined) await turn;
    }
  }
  if (parts !== undefined) parts.left = at < keys.length ? keys.slice(at) : undefined;
  return { matched, modified, upsertedId: undefined };
}

/** Keys that are asked of a query at once. */
const keyBatch = 256;
/** Records that are fetched at once, to be changed. */
const fetchBatch = 32;
const noCount = (): void => undefined;

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
  for (let batch = await records.next(run, keyBatch); batch !== undefined; batch = await records.next(run, keyBatch)) {
    for (const { key } of batch) keys.push(key);
  }
  return keys;
}

/** Changes one document that the statement matches; answers what it became, undefined where nothing changed. */
export function updateRecord(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection,
  { query, update, statement: { bypassValidation } }: PreparedUpdate,
  record: StoredRecord,
): MaybePromise<BsonDocument | undefined> {
  const arrayPosition = update.needsArrayPosition ? query.filter.arrayPosition(record.bytes, query.scope) : undefined;
  const change = { update, bypassValidation, arrayPosition };
  return changeRecord(services, operation, transaction, collection, change, record);
}

/** Inserts what an upsert makes of the filter and the update; answers the stored document. */
export function upsert(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection,
  { query, update, statement }: PreparedUpdate,
): MaybePromise<BsonDocument> {
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
