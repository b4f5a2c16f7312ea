/** Removing roles: first from whoever holds them, then themselves, so that nobody comes to hold a later one of the name. */
import { parseRole, rolesNamespace } from '../../access/role-store.ts';
import { usersNamespace } from '../../access/user-store.ts';
import type { RoleName } from '../../auth/role-name.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import type { Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';
import { changeAccessRecords } from './access-records.ts';
import { isSameRole } from './role-arguments.ts';
import { roleId, roleRecord } from './role-records.ts';

/** Removes these roles. Those that are not there count for nothing. Answers how many were. */
export async function removeRoles(
  services: Services,
  operation: Operation,
  names: readonly RoleName[],
): Promise<number> {
  if (names.length === 0) return 0;
  const isRemoved = (held: RoleName): boolean => names.some((name) => isSameRole(name, held));
  const holders = [...services.users.entries()].filter(({ roles }) => roles.some(isRemoved));
  if (holders.length > 0) {
    await changeAccessRecords(services, operation, usersNamespace, async (records) => {
      for (const { name, database } of holders) {
        const id = `${database}.${name}`;
        const before = await records.find(id);
        if (before !== undefined) await records.replace(id, withoutRoles(before, isRemoved));
      }
    });
  }
  const holding = [...services.roles.entries()].filter(({ roles }) => roles.some(isRemoved));
  return changeAccessRecords(services, operation, rolesNamespace, async (records) => {
    for (const { name } of holding) {
      const before = await records.find(roleId(name));
      if (before === undefined) continue;
      const role = parseRole(before);
      const roles = role.roles.filter((held) => !isRemoved(held));
      await records.replace(roleId(name), roleRecord({ ...role, roles }));
    }
    let removed = 0;
    for (const name of names) if (await records.remove(roleId(name))) removed++;
    return removed;
  });
}

/** A user's document without the roles that go. */
function withoutRoles(user: BsonDocument, isRemoved: (role: RoleName) => boolean): BsonDocument {
  const fields = user.toFields();
  const held = fields.get('roles');
  const roles = Array.isArray(held) ? (held as readonly Value[]) : [];
  fields.set(
    'roles',
    roles.filter((role) => {
      const name = role instanceof BsonDocument ? { role: role.get('role'), db: role.get('db') } : undefined;
      return (
        typeof name?.role !== 'string' || typeof name.db !== 'string' || !isRemoved({ role: name.role, db: name.db })
      );
    }),
  );
  return BsonDocument.fromFields(fields);
}
