import { collectionResource, databaseResource, type Resource } from '../../auth/resource.ts';
import type { Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { checkChangeStreamPlace, parseChangeStream } from '../change-stream-argument.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { valuesOf } from '../stage-privilege.ts';
import { rowsOf } from './system-source.ts';

/** The changes of a collection as they happen. Its argument is checked; opening it is refused: nothing keeps the changes yet. */
export const $changeStream: StageDefinition = {
  ...atStart,
  privilege: 'none',
  namespace: 'any',
  inLookup: false,
  inUnionWith: false,
  inTransaction: false,
  inView: false,
  inStableApi: true,
  requires: (argument, { database, collection }) => [
    { kind: 'right', action: 'changeStream', resource: watched(argument, database, collection) },
    { kind: 'right', action: 'find', resource: watched(argument, database, collection) },
  ],
  parse(argument, context) {
    const changeStream = parseChangeStream(argument, context.options);
    if (context.place === 'command') checkChangeStreamPlace(changeStream, context.options);
    const { namespace } = context;
    return rowsOf(async ({ reader }) => {
      if (namespace !== undefined && (await reader.describe(namespace)).kind === 'view') {
        throw new MongoError(
          'CommandNotSupportedOnView',
          `Namespace ${namespace.database}.${namespace.collection} is a view, not a collection`,
        );
      }
      throw new MongoError('CommandNotSupported', 'The $changeStream stage is not supported yet');
    });
  },
};

/** What a stream shows the changes of: a collection, a database, or all of them. */
function watched(argument: Value, database: string, collection: string | undefined): Resource {
  if (valuesOf(argument, 'allChangesForCluster').includes(true)) return { kind: 'allCollections' };
  return collection === undefined ? databaseResource(database) : collectionResource(database, collection);
}
