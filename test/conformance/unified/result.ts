/** The driver's result objects as the documents that the format speaks of. */
import type { BulkWriteResult, ClientBulkWriteResult, Document } from 'mongodb';

/** A result of an update: `upsertedId` is there only when something was upserted. */
export function updateResult(result: Document): Document {
  const { upsertedId, ...others } = result;
  return upsertedId === null || upsertedId === undefined ? others : result;
}

export function bulkWriteResult(result: BulkWriteResult): Document {
  const { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount, upsertedIds, insertedIds } = result;
  return { insertedCount, matchedCount, modifiedCount, deletedCount, upsertedCount, upsertedIds, insertedIds };
}

/** Maps by index become documents by index. */
export function clientBulkWriteResult(result: ClientBulkWriteResult): Document {
  const { insertResults, updateResults, deleteResults, ...counts } = result;
  return {
    ...counts,
    ...(insertResults !== undefined && { insertResults: Object.fromEntries(insertResults) }),
    ...(updateResults !== undefined && { updateResults: Object.fromEntries(mapValues(updateResults, updateResult)) }),
    ...(deleteResults !== undefined && { deleteResults: Object.fromEntries(deleteResults) }),
  };
}

function mapValues<Key, Value, Result>(
  map: ReadonlyMap<Key, Value>,
  convert: (value: Value) => Result,
): [Key, Result][] {
  return [...map].map(([key, value]) => [key, convert(value)]);
}
