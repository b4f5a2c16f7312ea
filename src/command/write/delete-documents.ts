import { findCollection } from '../../catalog/access.ts';
import type { Collection } from '../../catalog/collection.ts';
import { removeRecord } from '../../catalog/document-write.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { fetchRecords } from '../../catalog/record-scan.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { chain } from '../../session/maybe-promise.ts';
import type { ExecutedStatement, Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import { openQuery, type PreparedQuery, planOf, prepareQuery, queryRun } from '../read/query.ts';
import type { Services } from '../services.ts';
import type { DeleteStatement } from './statement.ts';
import type { StatementParts } from './statement-parts.ts';
import { deleteById } from './write-by-id.ts';

const batchRecords = 256;
/** Records that a further part fetches at once. */
const fetchBatch = 32;
const noCount = (): void => undefined;

/** Removes the first or all matching documents, or as many as one part may; answers how many. */
export function deleteDocuments(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  name: Namespace,
  statement: DeleteStatement,
  parts?: StatementParts,
): MaybePromise<number> {
  const collection = findCollection(services.catalog, transaction, name);
  if (collection === undefined) return deleteMatching(services, operation, transaction, undefined, statement);
  const left = parts?.left;
  if (parts !== undefined && left !== undefined) {
    return deleteLeft(services, operation, transaction, collection, statement, left, parts);
  }
  const done = deleteById({ services, operation, transaction, collection }, statement);
  return chain(
    done,
    (removed) => removed ?? deleteMatching(services, operation, transaction, collection, statement, parts),
  );
}

/** The general way. */
async function deleteMatching(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection | undefined,
  statement: DeleteStatement,
  parts?: StatementParts,
): Promise<number> {
  const query = prepareDelete(services, operation, collection, statement);
  if (collection === undefined) return 0;
  const records = openQuery(services, query, collection, planOf(query, collection));
  const run = queryRun(services, operation, transaction);
  const left: string[] = [];
  let removed = 0;
  for (
    let batch = await records.next(run, batchRecords);
    batch !== undefined;
    batch = await records.next(run, batchRecords)
  ) {
    for (const record of batch) {
      if (parts?.isFull === true) {
        left.push(record.key);
        continue;
      }
      await removeRecord(services.writing, transaction, collection, record);
      parts?.count(record.bytes.length);
      removed++;
    }
  }
  if (parts !== undefined && left.length > 0) parts.left = left;
  return removed;
}

function prepareDelete(
  services: Services,
  operation: Operation,
  collection: Collection | undefined,
  { filter, collation, hint, let: variables, isMulti }: DeleteStatement,
): PreparedQuery {
  return prepareQuery(services, operation, collection?.collation, {
    filter,
    collation,
    hint,
    let: variables,
    limit: isMulti ? 0 : 1,
  });
}

/** A further part: of the records that the first one has found. */
async function deleteLeft(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection,
  statement: DeleteStatement,
  left: readonly string[],
  parts: StatementParts,
): Promise<number> {
  const { filter, scope } = prepareDelete(services, operation, collection, statement);
  let removed = 0;
  let at = 0;
  for (; at < left.length && !parts.isFull; at += fetchBatch) {
    for (const record of await fetchRecords(transaction, collection, left.slice(at, at + fetchBatch), noCount)) {
      parts.count(record.bytes.length);
      if (!filter.isEmpty && !filter.matches(record.bytes, scope)) continue;
      await removeRecord(services.writing, transaction, collection, record);
      removed++;
    }
    const turn = scope.environment.watch?.pause();
    if (turn !== undefined) await turn;
  }
  parts.left = at < left.length ? left.slice(at) : undefined;
  return removed;
}

/** What the history of a session keeps of a statement. */
export function executedDelete(removed: number): ExecutedStatement | undefined {
  return removed > 0 ? { kind: 'delete' } : undefined;
}

/** How many documents a statement of an earlier attempt removed. */
export function replayedDelete({ kind }: ExecutedStatement): number {
  if (kind === 'delete') return 1;
  throw new MongoError('Location40638', 'retry of a delete found that the statement was not a delete');
}
