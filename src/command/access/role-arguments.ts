/** Roles as commands name them: `{role, db}`, or a name alone for one of the command's own database. */
import type { RoleName } from '../../auth/role-name.ts';
import { requiredNotNull, string, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Services } from '../services.ts';

const parseRole = structure('roles', { role: requiredNotNull(string), db: requiredNotNull(string) });

/** Each role once, in the order in which they are named. */
export function parseRoles(values: readonly Value[], database: string): RoleName[] {
  const roles = values.map((value) => {
    if (typeof value === 'string') return { role: value, db: database };
    if (value instanceof BsonDocument) return parseRole(value);
    throw new MongoError('BadValue', 'Role names must be either strings or objects');
  });
  return roles.filter((role, at) => roles.findIndex((other) => isSameRole(role, other)) === at);
}

export function isSameRole(left: RoleName, right: RoleName): boolean {
  return left.role === right.role && left.db === right.db;
}

/** Throws RoleNotFound for the first of these that is not there. */
export function checkRolesExist({ roles }: Services, names: readonly RoleName[]): void {
  const missing = names.find((name) => roles.define(name) === undefined);
  if (missing === undefined) return;
  throw new MongoError('RoleNotFound', `Could not find role: ${missing.role}@${missing.db}`);
}
