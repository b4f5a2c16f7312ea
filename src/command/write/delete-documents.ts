import { findCollection } from '../../catalog/access.ts';
import type { Collection } from '../../catalog/collection.ts';
import { removeRecord } from '../../catalog/document-write.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { chain } from '../../session/maybe-promise.ts';
import type { ExecutedStatement, Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import { openQuery, planOf, prepareQuery, queryRun } from '../read/query.ts';
import type { Services } from '../services.ts';
import type { DeleteStatement } from './statement.ts';
import { deleteById } from './write-by-id.ts';

const batchRecords = 256;

/** Removes the first or all matching documents; answers how many. */
export function deleteDocuments(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  name: Namespace,
  statement: DeleteStatement,
): MaybePromise<number> {
  const collection = findCollection(services.catalog, transaction, name);
  if (collection === undefined) return deleteMatching(services, operation, transaction, undefined, statement);
  const done = deleteById({ services, operation, transaction, collection }, statement);
  return chain(done, (removed) => removed ?? deleteMatching(services, operation, transaction, collection, statement));
}

/** The general way. */
async function deleteMatching(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection | undefined,
  statement: DeleteStatement,
): Promise<number> {
  const query = prepareQuery(services, operation, collection?.collation, {
    filter: statement.filter,
    collation: statement.collation,
    hint: statement.hint,
    let: statement.let,
    limit: statement.isMulti ? 0 : 1,
  });
  if (collection === undefined) return 0;
  const records = openQuery(services, query, collection, planOf(query, collection));
  const run = queryRun(services, operation, transaction);
  let removed = 0;
  for (
    let batch = await records.next(run, batchRecords);
    batch !== undefined;
    batch = await records.next(run, batchRecords)
  ) {
    for (const record of batch) await removeRecord(services.writing, transaction, collection, record);
    removed += batch.length;
  }
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
