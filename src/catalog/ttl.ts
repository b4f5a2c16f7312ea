/** Documents that have outlived the expireAfterSeconds of an index, removed in the background. */

import { toDouble } from '../bson/number.ts';
import { encodeKeyPart, keyAfterPrefix } from '../bson/ordered-key.ts';
import { BsonDocument } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { type Clock, yieldToEvents } from '../clock/clock.ts';
import type { IndexRange } from '../query/plan.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { findCollection } from './access.ts';
import type { Catalog } from './catalog.ts';
import type { Collection, Index } from './collection.ts';
import { removeRecord, type StoredRecord, type WriteContext } from './document-write.ts';
import { inOwnTransaction, type OwnCommit } from './own-transaction.ts';
import { readPath } from './read-path.ts';
import { fetchRecords, IndexEntryWalk } from './record-scan.ts';

/** Documents removed in one storage transaction. */
const removeBatch = 500;

export interface ExpiryOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly writing: WriteContext;
  /** Tells change streams of the removals. Default: nobody is told. */
  readonly commit?: OwnCommit;
  /** Whether to leave the rest for later, asked after each batch. Default: never. */
  readonly isStopping?: () => boolean;
}

/** One pass over all TTL indexes. Answers how many documents it removed. */
export async function removeExpired(options: ExpiryOptions): Promise<number> {
  const { catalog } = options;
  let removed = 0;
  for (const database of catalog.databases()) {
    for (const entry of catalog.list(undefined, database)) {
      if (entry.kind !== 'collection') continue;
      for (const { index, seconds } of expiriesOf(entry))
        if (options.isStopping?.() !== true) removed += await removeByIndex(options, entry, index, seconds);
    }
  }
  return removed;
}

interface Expiry {
  readonly index: Index;
  readonly seconds: number;
}

/** What documents of a collection expire by: its TTL indexes, and the index that a whole collection expires by. */
function expiriesOf({ indexes, options, naturalIndex }: Collection): Expiry[] {
  const found: Expiry[] = [];
  for (const index of indexes) {
    const seconds = index.specification.get('expireAfterSeconds');
    if (isNumeric(seconds) && index.descriptor.kind === 'ordered') found.push({ index, seconds: toDouble(seconds) });
  }
  const whole = naturalIndex === undefined ? undefined : options.get('expireAfterSeconds');
  if (naturalIndex !== undefined && isNumeric(whole)) found.push({ index: naturalIndex, seconds: toDouble(whole) });
  return found;
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
  const range = expiredRange(index, new Date(cutoffMs));
  let removed = 0;
  for (;;) {
    await lock.join('shared').granted;
    try {
      const work = async (transaction: StorageTransaction) => {
        const collection = findCollection(catalog, transaction, entry.namespace);
        if (collection?.recordTable !== entry.recordTable) return { isLast: true, removed: 0 };
        if (!collection.indexes.some(({ table }) => table === index.table)) return { isLast: true, removed: 0 };
        const entries = new IndexEntryWalk(index, [range], false, writing.keyBytes);
        const keys = (await entries.next(transaction, removeBatch)) ?? [];
        const recordKeys = [...new Set(keys.map(({ recordKey }) => recordKey))];
        const records = await fetchRecords(transaction, collection, recordKeys, () => undefined);
        const expired = records.filter((record) => isExpired(record, index, cutoffMs));
        for (const record of expired) await removeRecord(writing, transaction, collection, record);
        // Keys that lead to nothing expired would be met again and again.
        return { isLast: keys.length < removeBatch || expired.length === 0, removed: expired.length };
      };
      const batch = await inOwnTransaction(catalog.engine, 'visible', work, options.commit);
      removed += batch.removed;
      if (batch.isLast || options.isStopping?.() === true) return removed;
    } finally {
      lock.release('shared');
    }
    await yieldToEvents();
  }
}

/** Where the dates up to the cutoff lie: only dates expire. */
function expiredRange({ descriptor }: Index, cutoff: Date): IndexRange {
  const isDescending = descriptor.fields[0]?.isDescending === true;
  const key = encodeKeyPart(cutoff, isDescending);
  const dates = key.slice(0, 1);
  return isDescending ? { lower: key, upper: keyAfterPrefix(dates) } : { lower: dates, upper: keyAfterPrefix(key) };
}

/** A document expires by the earliest date at the path. */
function isExpired({ bytes }: StoredRecord, index: Index, cutoffMs: number): boolean {
  const values = readPath(BsonDocument.fromBytes(bytes), index.descriptor.fields[0]?.path ?? '');
  return values.some((value) => value instanceof Date && value.getTime() <= cutoffMs);
}
