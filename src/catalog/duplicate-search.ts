import { BsonDocument, type Value } from '../bson/value.ts';
import { yieldToEvents } from '../clock/clock.ts';
import type { Key, StorageTransaction } from '../storage/engine.ts';
import type { Collection, Index } from './collection.ts';
import { keyOfEntry, recordKeyOfEntry } from './index-table.ts';

const scanBatch = 500;
/** Groups of duplicates that are named; who has more of them has seen enough. */
const shownGroups = 1000;

/** The `_id`s of documents that share a key in an index that is not unique, group by group. */
export async function findDuplicates(
  transaction: StorageTransaction,
  collection: Collection,
  index: Index,
): Promise<Value[][]> {
  const groups: Key[][] = [];
  let group: { readonly key: Key; readonly records: Key[] } | undefined;
  for (let lower: Key | undefined; groups.length < shownGroups; ) {
    const range = lower === undefined ? {} : { lower, lowerExclusive: true };
    const batch = await transaction.scan(index.table, range, { limit: scanBatch });
    for (const [at, entry] of batch.keys.entries()) {
      const key = keyOfEntry(false, entry);
      const record = recordKeyOfEntry(false, entry, batch.values[at] as Buffer);
      if (group?.key !== key) {
        group = { key, records: [record] };
        continue;
      }
      group.records.push(record);
      if (group.records.length === 2) groups.push(group.records);
    }
    if (!batch.more) break;
    lower = batch.keys[batch.keys.length - 1];
    await yieldToEvents();
  }
  const found: Value[][] = [];
  for (const records of groups) found.push(await idsOf(transaction, collection, records));
  return found;
}

async function idsOf(
  transaction: StorageTransaction,
  collection: Collection,
  records: readonly Key[],
): Promise<Value[]> {
  const found = await transaction.getMany(collection.recordTable, records);
  return found.flatMap((bytes) => {
    const id = bytes === undefined ? undefined : BsonDocument.fromBytes(bytes).get('_id');
    return id === undefined ? [] : [id];
  });
}
