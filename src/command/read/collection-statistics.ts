import { document } from '../../bson/literal.ts';
import { integer } from '../../bson/scalar.ts';
import type { BsonDocument } from '../../bson/value.ts';
import { type Collection, ownIndexes } from '../../catalog/collection.ts';
import type { Services } from '../services.ts';

/** Sizes and numbers of a collection and its indexes, divided by `scale`, as collStats and $collStats show them. */
export async function collectionStatistics(
  services: Services,
  collection: Collection,
  scale: number,
): Promise<BsonDocument> {
  const scaled = (sizeBytes: number): number | bigint => integer(Math.floor(sizeBytes / scale));
  const records = await services.engine.tableSize(collection.recordTable);
  const indexSizes: Record<string, number | bigint> = {};
  let totalIndexBytes = 0;
  for (const { descriptor, table } of ownIndexes(collection)) {
    const { bytes } = await services.engine.tableSize(table);
    indexSizes[descriptor.name] = scaled(bytes);
    totalIndexBytes += bytes;
  }
  const { capped } = collection;
  return document({
    size: scaled(records.bytes),
    count: integer(records.records),
    avgObjSize: records.records === 0 ? undefined : integer(Math.floor(records.bytes / records.records)),
    numOrphanDocs: 0,
    storageSize: scaled(records.bytes),
    freeStorageSize: 0,
    capped: capped !== undefined,
    max: capped === undefined ? undefined : integer(capped.documents),
    maxSize: capped === undefined ? undefined : scaled(capped.sizeBytes),
    nindexes: ownIndexes(collection).length,
    indexBuilds: [],
    totalIndexSize: scaled(totalIndexBytes),
    totalSize: scaled(records.bytes + totalIndexBytes),
    indexSizes,
    scaleFactor: integer(scale),
  });
}
