import { PrivilegeSet } from '../auth/privilege.ts';
import { array, required, requiredNotNull, string } from '../bson/structure.ts';
import { parsePrivileges, requireSome } from './access/privilege-arguments.ts';
import { changeRole, checkReach } from './access/role-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import { mayGrantToRole } from './privilege/role.ts';

const parse = commandArguments('grantPrivilegesToRole', {
  grantPrivilegesToRole: requiredNotNull(string),
  privileges: required(array),
});

/** grantPrivilegesToRole: adds to what a role gives (manual, "grantPrivilegesToRole"). */
export const grantPrivilegesToRole: Command = {
  ...accessChange,
  name: 'grantPrivilegesToRole',
  help: 'add privileges to a role',
  privilege: mayGrantToRole,
  async run(operation, request, services) {
    const given = parse(request.body);
    const name = { role: given.grantPrivilegesToRole, db: request.database };
    const privileges = parsePrivileges(requireSome(given.privileges, 'privileges', operation));
    checkReach(name, privileges, []);
    await changeRole(services, operation, name, (before) => ({
      ...before,
      privileges: new PrivilegeSet([...before.privileges, ...privileges]).list(),
    }));
    return {};
  },
};
