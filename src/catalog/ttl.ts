/** Documents that have outlived the expireAfterSeconds of an index, removed in the background. */

import { toDouble } from '../bson/number.ts';
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { BsonDocument } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { type Clock, yieldToEvents } from '../clock/clock.ts';
import { findCollection } from './access.ts';
import type { Catalog } from './catalog.ts';
import type { Collection, Index } from './collection.ts';
import { removeRecord, type StoredRecord, type WriteContext } from './document-write.ts';
import { inOwnTransaction } from './own-transaction.ts';
import { readPath } from './read-path.ts';
import { fetchRecords, IndexEntryWalk } from './record-scan.ts';

/** Documents removed in one storage transaction. */
const removeBatch = 500;

export interface ExpiryOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly writing: WriteContext;
}

/** One pass over all TTL indexes. Answers how many documents it removed. */
export async function removeExpired(options: ExpiryOptions): Promise<number> {
  const { catalog } = options;
  let removed = 0;
  for (const database of catalog.databases()) {
    for (const entry of catalog.list(undefined, database)) {
      if (entry.kind !== 'collection') continue;
      for (const index of entry.indexes) {
        const seconds = index.specification.get('expireAfterSeconds');
        if (isNumeric(seconds)) removed += await removeByIndex(options, entry, index, toDouble(seconds));
      }
    }
  }
  return removed;
}

async function removeByIndex(
  options: ExpiryOptions,
  entry: Collection,
  index: Index,
  seconds: number,
): Promise<number> {
  const { catalog, clock, writing } = options;
  const cutoffMs = clock.nowMs() - seconds * 1000;
  const lock = catalog.locks.of(entry.namespace.full);
  let removed = 0;
  for (;;) {
    await lock.acquire('shared', clock, undefined);
    try {
      const count = await inOwnTransaction(catalog.engine, clock, 'visible', async (transaction) => {
        const collection = findCollection(catalog, transaction, entry.namespace);
        if (collection?.recordTable !== entry.recordTable) return 0;
        if (!collection.indexes.some(({ table }) => table === index.table)) return 0;
        // Only dates expire: the range is that of dates up to the cutoff.
        const range = { lower: encodeKeyPart(new Date(-8.64e15)), upper: `${encodeKeyPart(new Date(cutoffMs))}\xff` };
        const entries = new IndexEntryWalk(index, [range], false, writing.keyBytes);
        const keys = (await entries.next(transaction, removeBatch)) ?? [];
        const recordKeys = [...new Set(keys.map(({ recordKey }) => recordKey))];
        const records = await fetchRecords(transaction, collection, recordKeys, () => undefined);
        const expired = records.filter((record) => isExpired(record, index, cutoffMs));
        for (const record of expired) await removeRecord(writing, transaction, collection, record);
        return expired.length;
      });
      removed += count;
      if (count < removeBatch) return removed;
    } finally {
      lock.release('shared');
    }
    await yieldToEvents();
  }
}

/** A document expires by the earliest date at the path. */
function isExpired({ bytes }: StoredRecord, index: Index, cutoffMs: number): boolean {
  const values = readPath(BsonDocument.fromBytes(bytes), index.descriptor.fields[0]?.path ?? '');
  return values.some((value) => value instanceof Date && value.getTime() <= cutoffMs);
}
