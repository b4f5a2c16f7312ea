import { toDouble } from '../bson/number.ts';
import { any, optional } from '../bson/structure.ts';
import { BsonDocument } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { findCollection } from '../catalog/access.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { collectionStatistics } from './read/collection-statistics.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('collStats', {
  collStats: optional(any),
  collstats: optional(any),
  scale: optional(any),
  verbose: optional(any),
  waitForLock: optional(any),
  numericOnly: optional(any),
});

/** collStats: sizes and numbers of a collection (manual, "collStats"). */
export const collStats: Command = {
  ...diagnostic,
  name: 'collStats',
  aliases: ['collstats'],
  help: 'sizes and numbers of a collection',
  privilege: { action: 'collStats', resource: 'collection' },
  async run(_operation, request, services) {
    const name = targetNamespace(request);
    const { scale: given } = parse(request.body);
    const scale = given === undefined ? 1 : isNumeric(given) ? Math.trunc(toDouble(given)) : Number.NaN;
    if (!(scale >= 1)) throw new MongoError('BadValue', "BSON field 'scale' value must be >= 1");
    const collection = findCollection(services.catalog, undefined, name);
    if (collection === undefined) {
      return {
        ns: name.full,
        size: 0,
        count: 0,
        storageSize: 0,
        totalSize: 0,
        nindexes: 0,
        totalIndexSize: 0,
        indexDetails: {},
        indexSizes: {},
        scaleFactor: scale,
      };
    }
    const statistics = await collectionStatistics(services, collection, scale);
    return BsonDocument.fromFields(new Map([['ns', name.full], ...statistics.toFields()]));
  },
};
