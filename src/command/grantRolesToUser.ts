import { array, required, requiredNotNull, string } from '../bson/structure.ts';
import { checkRolesExist, isSameRole } from './access/role-arguments.ts';
import { changeUserRoles, parseSomeRoles } from './access/user-roles.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import { mayGrantRoles } from './privilege/user.ts';

const parse = commandArguments('grantRolesToUser', {
  grantRolesToUser: requiredNotNull(string),
  roles: required(array),
});

/** grantRolesToUser: gives a user further roles (manual, "grantRolesToUser"). */
export const grantRolesToUser: Command = {
  ...accessChange,
  name: 'grantRolesToUser',
  help: 'give a user roles',
  privilege: mayGrantRoles,
  async run(operation, request, services) {
    const given = parse(request.body);
    const granted = parseSomeRoles(given.roles, operation);
    checkRolesExist(services, granted);
    await changeUserRoles(services, operation, given.grantRolesToUser, (roles) => [
      ...roles,
      ...granted.filter((role) => !roles.some((other) => isSameRole(role, other))),
    ]);
    return {};
  },
};
