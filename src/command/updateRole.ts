import { parseRestriction } from '../auth/authentication-restriction.ts';
import { PrivilegeSet } from '../auth/privilege.ts';
import { array, optional, requiredNotNull, string } from '../bson/structure.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parsePrivileges } from './access/privilege-arguments.ts';
import { checkRolesExist, parseRoles } from './access/role-arguments.ts';
import { changeRole, checkNoCircle, checkReach, requireOwnRole } from './access/role-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import { mayUpdateRole } from './privilege/role.ts';

const parse = commandArguments('updateRole', {
  updateRole: requiredNotNull(string),
  privileges: optional(array),
  roles: optional(array),
  authenticationRestrictions: optional(array),
});

/** updateRole: other privileges, roles or restrictions in the place of a role's (manual, "updateRole"). */
export const updateRole: Command = {
  ...accessChange,
  name: 'updateRole',
  help: 'change a role',
  privilege: mayUpdateRole,
  async run(operation, request, services) {
    const given = parse(request.body);
    const name = { role: given.updateRole, db: request.database };
    if (![given.privileges, given.roles, given.authenticationRestrictions].some((field) => field !== undefined)) {
      throw new MongoError('BadValue', 'Must specify at least one field to update in updateRole');
    }
    requireOwnRole(services, name);
    const roles = given.roles === undefined ? undefined : parseRoles(given.roles, name.db);
    const privileges = given.privileges === undefined ? undefined : parsePrivileges(given.privileges);
    const restrictions = given.authenticationRestrictions?.map((one) => parseRestriction(one));
    checkReach(name, privileges ?? [], roles ?? []);
    checkNoCircle(services, name, roles ?? []);
    checkRolesExist(services, roles ?? []);
    await changeRole(services, operation, name, (before) => ({
      name,
      roles: roles ?? before.roles,
      privileges: privileges === undefined ? before.privileges : new PrivilegeSet(privileges).list(),
      authenticationRestrictions: restrictions ?? before.authenticationRestrictions,
    }));
    return {};
  },
};
