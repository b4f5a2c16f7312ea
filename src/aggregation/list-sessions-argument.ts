import { array, bool, nested, optional, required, string, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNullish, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ListSessionsOptions } from './server-state.ts';

const parseUser = nested(structure('$listSessions.users', { user: required(string), db: required(string) }));

/** Reads the argument of $listSessions or $listLocalSessions; `name` is the stage's own. */
export function parseListSessions(argument: Value, name: string): ListSessionsOptions {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'TypeMismatch',
      `${name} options must be specified in an object, but found: ${typeName(argument)}`,
    );
  }
  const fields = { allUsers: optional(bool), users: optional(array) };
  // Who opened a session and what it did is ours to show, and only where it is asked for.
  const parse = structure(name, name === '$listLocalSessions' ? { ...fields, details: optional(bool) } : fields);
  const {
    allUsers = false,
    users,
    details = false,
  }: { allUsers?: boolean | undefined; users?: readonly Value[] | undefined; details?: boolean | undefined } = parse(
    argument,
  );
  const named = users?.filter((user) => !isNullish(user)).map((user) => parseUser(user, `${name}.users`));
  if (allUsers && named !== undefined && named.length > 0) {
    throw new MongoError(
      'UnsupportedFormat',
      `${name} may not specify {allUsers:true} and {users:[...]} at the same time`,
    );
  }
  return { allUsers, details, users: named === undefined || named.length === 0 ? undefined : named };
}
