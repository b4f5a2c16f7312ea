import { PrivilegeSet } from '../auth/privilege.ts';
import { array, required, requiredNotNull, string } from '../bson/structure.ts';
import { parsePrivileges, requireSome } from './access/privilege-arguments.ts';
import { changeRole } from './access/role-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import { mayRevokeFromRole } from './privilege/role.ts';

const parse = commandArguments('revokePrivilegesFromRole', {
  revokePrivilegesFromRole: requiredNotNull(string),
  privileges: required(array),
});

/** revokePrivilegesFromRole: takes from what a role gives, resource by resource (manual, "revokePrivilegesFromRole"). */
export const revokePrivilegesFromRole: Command = {
  ...accessChange,
  name: 'revokePrivilegesFromRole',
  help: 'take privileges from a role',
  privilege: mayRevokeFromRole,
  async run(operation, request, services) {
    const given = parse(request.body);
    const name = { role: given.revokePrivilegesFromRole, db: request.database };
    const privileges = parsePrivileges(requireSome(given.privileges, 'privileges', operation));
    await changeRole(services, operation, name, (before) => {
      const left = new PrivilegeSet(before.privileges);
      for (const privilege of privileges) left.remove(privilege);
      return { ...before, privileges: left.list() };
    });
    return {};
  },
};
