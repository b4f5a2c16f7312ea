import { array, required, requiredNotNull, string } from '../bson/structure.ts';
import { checkRolesExist, isSameRole } from './access/role-arguments.ts';
import { changeUserRoles, parseSomeRoles } from './access/user-roles.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import { mayRevokeRoles } from './privilege/user.ts';

const parse = commandArguments('revokeRolesFromUser', {
  revokeRolesFromUser: requiredNotNull(string),
  roles: required(array),
});

/** revokeRolesFromUser: takes roles from a user (manual, "revokeRolesFromUser"). */
export const revokeRolesFromUser: Command = {
  ...accessChange,
  name: 'revokeRolesFromUser',
  help: 'take roles from a user',
  privilege: mayRevokeRoles,
  async run(operation, request, services) {
    const given = parse(request.body);
    const revoked = parseSomeRoles(given.roles, operation);
    checkRolesExist(services, revoked);
    await changeUserRoles(services, operation, given.revokeRolesFromUser, (roles) =>
      roles.filter((role) => !revoked.some((other) => isSameRole(role, other))),
    );
    return {};
  },
};
