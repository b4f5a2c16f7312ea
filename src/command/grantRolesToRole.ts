import { array, required, requiredNotNull, string } from '../bson/structure.ts';
import { requireSome } from './access/privilege-arguments.ts';
import { checkRolesExist, isSameRole, parseRoles } from './access/role-arguments.ts';
import { changeRole, checkNoCircle, checkReach, requireOwnRole } from './access/role-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import { mayGrantToRole } from './privilege/role.ts';

const parse = commandArguments('grantRolesToRole', {
  grantRolesToRole: requiredNotNull(string),
  roles: required(array),
});

/** grantRolesToRole: has a role give what others give, too (manual, "grantRolesToRole"). */
export const grantRolesToRole: Command = {
  ...accessChange,
  name: 'grantRolesToRole',
  help: 'add roles to a role',
  privilege: mayGrantToRole,
  async run(operation, request, services) {
    const given = parse(request.body);
    const name = { role: given.grantRolesToRole, db: request.database };
    const roles = parseRoles(requireSome(given.roles, 'roles', operation), name.db);
    requireOwnRole(services, name);
    checkReach(name, [], roles);
    checkNoCircle(services, name, roles);
    checkRolesExist(services, roles);
    await changeRole(services, operation, name, (before) => ({
      ...before,
      roles: [...before.roles.filter((held) => !roles.some((role) => isSameRole(role, held))), ...roles],
    }));
    return {};
  },
};
