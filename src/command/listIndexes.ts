import { any, bool, nonNegative, object, optional, required, structure } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { catalogRead } from './policy.ts';
import { inlineCursor } from './read/inline-cursor.ts';
import { targetNamespace } from './target.ts';

const parse = commandArguments('listIndexes', {
  listIndexes: required(any),
  cursor: optional(object),
  includeBuildUUIDs: optional(bool),
  includeIndexBuildInfo: optional(bool),
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
    const entry = services.catalog.find(undefined, name.database, name.collection);
    if (entry === undefined) throw new MongoError('NamespaceNotFound', `ns does not exist: ${name.full}`);
    if (entry.kind === 'view') {
      throw new MongoError('CommandNotSupportedOnView', `Namespace ${name.full} is a view, not a collection`);
    }
    const batchSize = parsed.cursor === undefined ? undefined : parseCursor(parsed.cursor).batchSize;
    const rows = entry.indexes.map(({ specification }) => specification);
    return inlineCursor(services, operation, request.body, name.full, rows, batchSize);
  },
};
