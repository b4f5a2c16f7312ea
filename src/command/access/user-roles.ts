/** Adding to and taking from the roles of a user. */
import type { RoleName } from '../../auth/role-name.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';
import { parseRoles } from './role-arguments.ts';
import { changeUser, roleDocument } from './user-records.ts';

/** The roles that a command names. Throws BadValue for none. */
export function parseSomeRoles(values: readonly Value[], operation: Operation): RoleName[] {
  if (values.length === 0) {
    throw new MongoError('BadValue', `${operation.commandName} command requires a non-empty "roles" array`);
  }
  return parseRoles(values, operation.database);
}

/** Puts what `change` makes of a user's roles in their place. Throws UserNotFound. */
export function changeUserRoles(
  services: Services,
  operation: Operation,
  name: string,
  change: (roles: readonly RoleName[]) => readonly RoleName[],
): Promise<void> {
  return changeUser(services, operation, name, (before) => {
    const kept = before.get('roles');
    const documents = Array.isArray(kept) ? kept.filter((role) => role instanceof BsonDocument) : [];
    const roles = change(parseRoles(documents, operation.database));
    return new Map([['roles', roles.map((role) => roleDocument(role))]]);
  });
}
