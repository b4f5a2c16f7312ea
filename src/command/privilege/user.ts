/** Rights of the commands that make users and hand out roles: whoever gives a role needs the right to in its database. */
import { databaseResource } from '../../auth/resource.ts';
import { BsonDocument } from '../../bson/value.ts';
import type { MayDo, PrivilegeRule } from '../../session/command-policy.ts';
import type { GateRequest } from '../../session/live-operation.ts';

export const mayCreateUser: PrivilegeRule = (request, may) => {
  const { body, database } = request;
  const restrictions = body.get('authenticationRestrictions');
  const isRestricted = Array.isArray(restrictions) && restrictions.length > 0;
  return (
    may('createUser', databaseResource(database)) &&
    (!isRestricted || may('setAuthenticationRestriction', databaseResource(database))) &&
    everyRole(request, (db) => may('grantRole', databaseResource(db)))
  );
};

export const mayGrantRoles: PrivilegeRule = (request, may) => mayWithEach(request, may, 'grantRole');

export const mayRevokeRoles: PrivilegeRule = (request, may) => mayWithEach(request, may, 'revokeRole');

/** Without any role that could be read, the right is asked for the command's own database. */
function mayWithEach(request: GateRequest, may: MayDo, action: 'grantRole' | 'revokeRole'): boolean {
  if (databasesOf(request).length === 0) return may(action, databaseResource(request.database));
  return everyRole(request, (db) => may(action, databaseResource(db)));
}

function everyRole(request: GateRequest, mayIn: (database: string) => boolean): boolean {
  return databasesOf(request).every(mayIn);
}

/** The databases of the roles that a command names. */
function databasesOf({ body, database }: GateRequest): string[] {
  const roles = body.get('roles');
  if (!Array.isArray(roles)) return [];
  return roles.flatMap((role) => {
    if (typeof role === 'string') return database;
    const db = role instanceof BsonDocument ? role.get('db') : undefined;
    return typeof db === 'string' ? db : [];
  });
}
