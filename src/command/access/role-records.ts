/** Documents of `admin.system.roles`: made, read and changed by the commands about roles. */
import { parseRole, type Role, rolesNamespace } from '../../access/role-store.ts';
import { grantsOf } from '../../access/user-grants.ts';
import { restrictionDocument } from '../../auth/authentication-restriction.ts';
import { findBuiltInRole } from '../../auth/built-in-role/table.ts';
import { describePrivilege, type Privilege } from '../../auth/privilege.ts';
import { databaseOf } from '../../auth/resource.ts';
import type { RoleName } from '../../auth/role-name.ts';
import { document } from '../../bson/literal.ts';
import type { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';
import { changeAccessRecords } from './access-records.ts';

/** The `_id` of a role's document. */
export function roleId({ role, db }: RoleName): string {
  return `${db}.${role}`;
}

export function printRole({ role, db }: RoleName): string {
  return `${role}@${db}`;
}

/** A role as it is kept. */
export function roleRecord({ name, privileges, roles, authenticationRestrictions }: Role): BsonDocument {
  return document({
    _id: roleId(name),
    role: name.role,
    db: name.db,
    privileges: privileges.map((privilege) => describePrivilege(privilege)),
    roles: roles.map(({ role, db }) => ({ role, db })),
    authenticationRestrictions:
      authenticationRestrictions.length === 0
        ? undefined
        : authenticationRestrictions.map((restriction) => restrictionDocument(restriction)),
  });
}

/** Throws InvalidRoleModification for a built-in role, RoleNotFound for one that is not there. */
export function requireOwnRole({ roles }: Services, name: RoleName): void {
  if (findBuiltInRole(name) !== undefined) {
    throw new MongoError('InvalidRoleModification', `${printRole(name)} is a built-in role and cannot be modified`);
  }
  if (roles.find(name) === undefined) throw roleNotFound(name);
}

export function roleNotFound(name: RoleName): MongoError {
  return new MongoError('RoleNotFound', `Role not found: ${printRole(name)}`);
}

/** Changes a role by what `change` makes of it. Throws RoleNotFound, InvalidRoleModification. */
export async function changeRole(
  services: Services,
  operation: Operation,
  name: RoleName,
  change: (before: Role) => Role,
): Promise<void> {
  requireOwnRole(services, name);
  await changeAccessRecords(services, operation, rolesNamespace, async (records) => {
    const before = await records.find(roleId(name));
    if (before === undefined) throw roleNotFound(name);
    await records.replace(roleId(name), roleRecord(change(parseRole(before))));
  });
}

/** Throws InvalidRoleModification where a role outside of `admin` would reach beyond its database. */
export function checkReach({ db }: RoleName, privileges: readonly Privilege[], roles: readonly RoleName[]): void {
  if (db === 'admin') return;
  if (roles.some((role) => role.db !== db)) {
    throw new MongoError(
      'InvalidRoleModification',
      `Roles on the '${db}' database cannot be granted roles from other databases`,
    );
  }
  if (privileges.some(({ resource }) => databaseOf(resource) !== db)) {
    throw new MongoError(
      'InvalidRoleModification',
      `Roles on the '${db}' database cannot be granted privileges that target other databases or the cluster`,
    );
  }
}

/** Throws InvalidRoleModification where a role would hold itself through one of these. */
export function checkNoCircle({ roles }: Services, name: RoleName, granted: readonly RoleName[]): void {
  for (const one of granted) {
    const held = grantsOf(roles, [one]).roles;
    if (!held.some(({ role, db }) => role === name.role && db === name.db)) continue;
    throw new MongoError(
      'InvalidRoleModification',
      `Granting ${printRole(one)} to ${printRole(name)} would introduce a cycle in the role graph.`,
    );
  }
}
