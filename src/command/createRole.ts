import { rolesNamespace } from '../access/role-store.ts';
import { parseRestriction } from '../auth/authentication-restriction.ts';
import { findBuiltInRole } from '../auth/built-in-role/table.ts';
import { PrivilegeSet } from '../auth/privilege.ts';
import type { RoleName } from '../auth/role-name.ts';
import { array, optional, required, requiredNotNull, string } from '../bson/structure.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import { changeAccessRecords } from './access/access-records.ts';
import { parsePrivileges } from './access/privilege-arguments.ts';
import { checkRolesExist, parseRoles } from './access/role-arguments.ts';
import { checkNoCircle, checkReach, printRole, roleRecord } from './access/role-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import { mayCreateRole } from './privilege/role.ts';

const parse = commandArguments('createRole', {
  createRole: requiredNotNull(string),
  privileges: required(array),
  roles: required(array),
  authenticationRestrictions: optional(array),
});

/** createRole: privileges under a name, and the roles that it holds (manual, "createRole"). */
export const createRole: Command = {
  ...accessChange,
  name: 'createRole',
  help: 'add a role',
  privilege: mayCreateRole,
  async run(operation, request, services) {
    const given = parse(request.body);
    const name: RoleName = { role: given.createRole, db: request.database };
    checkNewName(name);
    const roles = parseRoles(given.roles, name.db);
    const privileges = parsePrivileges(given.privileges);
    checkReach(name, privileges, roles);
    checkNoCircle(services, name, roles);
    checkRolesExist(services, roles);
    const record = roleRecord({
      name,
      roles,
      privileges: new PrivilegeSet(privileges).list(),
      authenticationRestrictions: (given.authenticationRestrictions ?? []).map((one) => parseRestriction(one)),
    });
    try {
      await changeAccessRecords(services, operation, rolesNamespace, (records) => records.insert(record));
    } catch (thrown) {
      if (!isMongoError(thrown, 'DuplicateKey')) throw thrown;
      throw new MongoError('Location51002', `Role "${printRole(name)}" already exists`);
    }
    return {};
  },
};

function checkNewName(name: RoleName): void {
  const { role, db } = name;
  if (role === '') throw new MongoError('BadValue', 'Role name must be non-empty');
  if (role.includes('\0')) throw new MongoError('BadValue', 'Role name cannot contain NULL characters');
  if (db === 'local') throw new MongoError('BadValue', 'Cannot create roles in the local database');
  if (db === '$external') throw new MongoError('BadValue', 'Cannot create roles in the $external database');
  if (findBuiltInRole(name) !== undefined) {
    throw new MongoError('BadValue', 'Cannot create roles with the same name as a built-in role');
  }
}
