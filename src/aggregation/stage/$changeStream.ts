import { collectionResource, databaseResource, type Resource } from '../../auth/resource.ts';
import type { Value } from '../../bson/value.ts';
import { invariant } from '../../error/invariant.ts';
import { checkChangeStreamPlace, parseChangeStream } from '../change-stream-argument.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { valuesOf } from '../stage-privilege.ts';

/** The changes of a collection, a database or everything, as they are committed (manual, "$changeStream"). */
export const $changeStream: StageDefinition = {
  ...atStart,
  privilege: 'none',
  namespace: 'any',
  inLookup: false,
  inUnionWith: false,
  inTransaction: false,
  inView: false,
  inStableApi: true,
  readConcern: 'majority',
  requires: (argument, { database, collection }) => [
    { kind: 'right', action: 'changeStream', resource: watched(argument, database, collection) },
    { kind: 'right', action: 'find', resource: watched(argument, database, collection) },
  ],
  parse(argument, context) {
    const changeStream = parseChangeStream(argument, context.options);
    if (context.place === 'command') checkChangeStreamPlace(changeStream, context.options);
    return {
      changeStream,
      isSelfSourced: true,
      open() {
        return invariant(false, 'the command opens a change stream');
      },
    };
  },
};

/** What a stream shows the changes of: a collection, a database, or all of them. */
function watched(argument: Value, database: string, collection: string | undefined): Resource {
  if (valuesOf(argument, 'allChangesForCluster').includes(true)) return { kind: 'allCollections' };
  return collection === undefined ? databaseResource(database) : collectionResource(database, collection);
}
