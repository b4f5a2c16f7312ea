import { collectionResource } from '../auth/resource.ts';
import { arrayOf, long, required, string } from '../bson/structure.ts';
import type { Value } from '../bson/value.ts';
import { namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import { isSameUser } from '../session/operation.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** A cursor's number; null names none. */
function nullable(value: Value, path: string): bigint | undefined {
  return value === null ? undefined : long(value, path);
}

const parse = commandArguments('killCursors', { killCursors: required(string), cursors: required(arrayOf(nullable)) });

/** killCursors: closes cursors of one namespace (manual, "killCursors"). */
export const killCursors: Command = {
  ...diagnostic,
  name: 'killCursors',
  help: 'close cursors',
  transaction: 'notFirst',
  inStableApi: true,
  privilege: 'own',
  run(operation, request, services) {
    const { killCursors: collection, cursors: ids } = parse(request.body);
    const name = namespace(request.database, collection).full;
    const { authority } = services;
    const mayKillAny = authority.isAuthorized(
      operation.client,
      'killAnyCursor',
      collectionResource(request.database, collection),
    );
    const killed: Value[] = [];
    const notFound: Value[] = [];
    for (const id of ids) {
      if (id === undefined) continue;
      const cursor = services.cursors.find(id);
      if (cursor !== undefined && !mayKillAny && !isSameUser(cursor.owner.user, operation.client.user)) {
        throw new MongoError('Unauthorized', `not authorized to kill cursor id ${id}`);
      }
      const isKilled =
        cursor !== undefined && cursor.namespace === name && services.cursors.kill(id, 'it was killed by killCursors');
      (isKilled ? killed : notFound).push(id);
    }
    return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [] };
  },
};
