/**
 * The shortest way of the most frequent writes: one document by its `_id`, changed or removed. It goes where
 * `read/id-lookup.ts` goes and to nothing that plans, walks or waits, and leaves to the general way whatever else a
 * statement may ask for:
 *
 *   update   no collation, hint, sort, variables, array filters or pipeline, not multi, no positional `$`;
 *            an upsert only where the document is there
 *   delete   of one document, no collation, hint or variables
 *
 * What is read of the statement is read by the same parsers, and documents are written by the same functions.
 */
import { BsonDocument } from '../../bson/value.ts';
import type { Collection } from '../../catalog/collection.ts';
import { removeRecord } from '../../catalog/document-write.ts';
import { chain } from '../../session/maybe-promise.ts';
import type { Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import { parseUpdate } from '../../update/update.ts';
import { findById, idOf, lookupIndex } from '../read/id-lookup.ts';
import type { Services } from '../services.ts';
import { changeRecord } from './change-record.ts';
import type { DeleteStatement, UpdateOutcome, UpdateStatement } from './statement.ts';

/** Where a statement runs. */
export interface StatementPlace {
  readonly services: Services;
  readonly operation: Operation;
  readonly transaction: StorageTransaction;
  readonly collection: Collection;
}

/** What the update did; undefined, with nothing done, where it is one for the general way. Throws what that would. */
export function updateById(
  { services, operation, transaction, collection }: StatementPlace,
  statement: UpdateStatement,
): MaybePromise<UpdateOutcome | undefined> {
  const index = lookupIndex(collection);
  if (index === undefined || !(statement.update instanceof BsonDocument) || !asksOnlyForOne(statement))
    return undefined;
  const id = idOf(statement.filter);
  if (id === undefined) return undefined;
  const update = parseUpdate(statement.update, { keepsEmptyTimestamps: statement.keepsEmptyTimestamps });
  if (update.needsArrayPosition) return undefined;
  const { bypassValidation } = statement;
  return chain(findById(transaction, collection, index, id, services.writing.keyBytes), (record) => {
    if (record === undefined) {
      return statement.isUpsert ? undefined : { matched: 0, modified: 0, upsertedId: undefined };
    }
    const change = { update, bypassValidation, arrayPosition: undefined };
    return chain(changeRecord(services, operation, transaction, collection, change, record), (after) => {
      return { matched: 1, modified: after === undefined ? 0 : 1, upsertedId: undefined };
    });
  });
}

function asksOnlyForOne({ isMulti, arrayFilters, collation, hint, sort, let: variables }: UpdateStatement): boolean {
  if (isMulti || arrayFilters !== undefined || sort !== undefined) return false;
  return collation === undefined && hint === undefined && variables === undefined;
}

/** How many documents the delete removed; undefined, with nothing done, where it is one for the general way. */
export function deleteById(
  { services, transaction, collection }: StatementPlace,
  { filter, isMulti, collation, hint, let: variables }: DeleteStatement,
): MaybePromise<number | undefined> {
  const index = lookupIndex(collection);
  if (index === undefined || isMulti || collation !== undefined || hint !== undefined || variables !== undefined) {
    return undefined;
  }
  const id = idOf(filter);
  if (id === undefined) return undefined;
  return chain(findById(transaction, collection, index, id, services.writing.keyBytes), (record) => {
    if (record === undefined) return 0;
    return chain(removeRecord(services.writing, transaction, collection, record), () => 1);
  });
}
