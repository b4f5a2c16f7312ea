import { array, required, requiredNotNull, string } from '../bson/structure.ts';
import { requireSome } from './access/privilege-arguments.ts';
import { isSameRole, parseRoles } from './access/role-arguments.ts';
import { changeRole } from './access/role-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import { mayRevokeFromRole } from './privilege/role.ts';

const parse = commandArguments('revokeRolesFromRole', {
  revokeRolesFromRole: requiredNotNull(string),
  roles: required(array),
});

/** revokeRolesFromRole: takes roles from those that a role holds (manual, "revokeRolesFromRole"). */
export const revokeRolesFromRole: Command = {
  ...accessChange,
  name: 'revokeRolesFromRole',
  help: 'take roles from a role',
  privilege: mayRevokeFromRole,
  async run(operation, request, services) {
    const given = parse(request.body);
    const name = { role: given.revokeRolesFromRole, db: request.database };
    const roles = parseRoles(requireSome(given.roles, 'roles', operation), name.db);
    await changeRole(services, operation, name, (before) => ({
      ...before,
      roles: before.roles.filter((held) => !roles.some((role) => isSameRole(role, held))),
    }));
    return {};
  },
};
