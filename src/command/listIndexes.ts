import { document } from '../bson/literal.ts';
import { any, bool, nonNegative, object, optional, structure } from '../bson/structure.ts';
import { findCollection } from '../catalog/access.ts';
import { shownIndexes } from '../catalog/collection.ts';
import { findBucketsOwner } from '../catalog/timeseries.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { catalogRead } from './policy.ts';
import { inlineCursor } from './read/inline-cursor.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('listIndexes', {
  listIndexes: optional(any),
  cursor: optional(object),
  includeBuildUUIDs: optional(bool),
  includeIndexBuildInfo: optional(bool),
  rawData: optional(any),
});
const parseCursor = structure('listIndexes.cursor', { batchSize: optional(nonNegative) });

/** listIndexes: the indexes of a collection (manual, "listIndexes"). */
export const listIndexes: Command = {
  ...catalogRead,
  name: 'listIndexes',
  help: 'list the indexes of a collection',
  privilege: { action: 'listIndexes', resource: 'collection' },
  run(operation, request, services) {
    const parsed = parse(request.body);
    const name = targetNamespace(request);
    if (parsed.includeBuildUUIDs === true && parsed.includeIndexBuildInfo === true) {
      throw new MongoError(
        'InvalidOptions',
        'The includeBuildUUIDs flag and includeIndexBuildInfo flag cannot both be set to true',
      );
    }
    const collection = findCollection(services.catalog, undefined, findBucketsOwner(name) ?? name);
    if (collection === undefined) throw new MongoError('NamespaceNotFound', `ns does not exist: ${name.full}`);
    const batchSize = parsed.cursor === undefined ? undefined : parseCursor(parsed.cursor).batchSize;
    const specifications = shownIndexes(collection);
    const rows =
      parsed.includeIndexBuildInfo === true ? specifications.map((spec) => document({ spec })) : specifications;
    return inlineCursor(services, operation, request.body, name.full, rows, batchSize);
  },
};
