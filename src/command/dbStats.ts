import { type Double, double } from '../bson/scalar.ts';
import { any, integral, lenientBool, optional } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('dbStats', {
  dbStats: optional(any),
  dbstats: optional(any),
  scale: optional(integral),
  freeStorage: optional(lenientBool),
});

/** dbStats: sizes and numbers of a database (manual, "dbStats"). */
export const dbStats: Command = {
  ...diagnostic,
  name: 'dbStats',
  aliases: ['dbstats'],
  help: 'sizes and numbers of a database',
  privilege: { action: 'dbStats', resource: 'database' },
  async run(_operation, request, services) {
    const { scale = 1, freeStorage } = parse(request.body);
    // Sizes count what records and keys take, so that there is never free space within them.
    const free = freeStorage === true ? double(0) : undefined;
    if (scale < 1) throw new MongoError('BadValue', "BSON field 'scale' value must be >= 1");
    let collections = 0;
    let views = 0;
    let indexes = 0;
    let objects = 0;
    let dataBytes = 0;
    let indexBytes = 0;
    for (const entry of services.catalog.list(undefined, request.database)) {
      if (entry.kind === 'view') {
        views++;
        continue;
      }
      collections++;
      indexes += entry.indexes.length;
      const size = await services.engine.tableSize(entry.recordTable);
      objects += size.records;
      dataBytes += size.bytes;
      for (const { table } of entry.indexes) indexBytes += (await services.engine.tableSize(table)).bytes;
    }
    const scaled = (sizeBytes: number): number | Double => double(Math.floor(sizeBytes / scale));
    return {
      db: request.database,
      collections: BigInt(collections),
      views: BigInt(views),
      objects: BigInt(objects),
      avgObjSize: double(objects === 0 ? 0 : dataBytes / objects),
      dataSize: scaled(dataBytes),
      storageSize: scaled(dataBytes),
      freeStorageSize: free,
      indexes: BigInt(indexes),
      indexSize: scaled(indexBytes),
      indexFreeStorageSize: free,
      totalSize: scaled(dataBytes + indexBytes),
      totalFreeStorageSize: free,
      scaleFactor: BigInt(scale),
      fsUsedSize: scaled(services.engine.statistics().storedBytes),
      fsTotalSize: scaled(services.engine.statistics().storedBytes),
    };
  },
};
