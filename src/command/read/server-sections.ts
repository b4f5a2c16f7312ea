/** Sections of serverStatus that look at the catalog and its locks. */
import { document } from '../../bson/literal.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { Services } from '../services.ts';

/** What there is in the catalog; what lies in databases of the server's own counts as internal. */
export function catalogStatistics({ catalog }: Services): BsonDocument {
  const counts = { collections: 0, capped: 0, clustered: 0, timeseries: 0, views: 0 };
  const internal = { internalCollections: 0, internalViews: 0 };
  for (const database of catalog.databases()) {
    const isInternal = database === 'admin' || database === 'config' || database === 'local';
    for (const entry of catalog.list(undefined, database)) {
      if (entry.kind === 'view') {
        if (isInternal) internal.internalViews++;
        else counts.views++;
      } else if (isInternal) {
        internal.internalCollections++;
      } else {
        if (entry.isTimeseries) counts.timeseries++;
        else counts.collections++;
        if (entry.capped !== undefined) counts.capped++;
        if (entry.options.has('clusteredIndex')) counts.clustered++;
      }
    }
  }
  return document({ ...counts, ...internal });
}

/** Who runs, and who waits for a collection. */
export function globalLock({ catalog, clock, identity, operations }: Services): BsonDocument {
  let readers = 0;
  let writers = 0;
  for (const { waiting } of catalog.locks.inUse()) {
    readers += waiting.shared;
    writers += waiting.exclusive;
  }
  return document({
    totalTime: BigInt(Math.max(0, Math.round((clock.nowMs() - identity.startMs) * 1000))),
    currentQueue: { total: readers + writers, readers, writers },
    activeClients: { total: operations.size },
  });
}

/** How many hold a collection, shared and alone. */
export function heldLocks({ catalog }: Services): BsonDocument {
  let shared = 0;
  let exclusive = 0;
  for (const { sharedHolders, isExclusive } of catalog.locks.inUse()) {
    shared += sharedHolders;
    if (isExclusive) exclusive++;
  }
  return document({ Collection: { holders: { r: BigInt(shared), W: BigInt(exclusive) } } });
}
