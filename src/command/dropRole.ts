import { requiredNotNull, string } from '../bson/structure.ts';
import { requireOwnRole } from './access/role-records.ts';
import { removeRoles } from './access/role-removal.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';

const parse = commandArguments('dropRole', { dropRole: requiredNotNull(string) });

/** dropRole: removes a role, also from those who hold it (manual, "dropRole"). */
export const dropRole: Command = {
  ...accessChange,
  name: 'dropRole',
  help: 'remove a role',
  privilege: { action: 'dropRole', resource: 'database' },
  async run(operation, request, services) {
    const name = { role: parse(request.body).dropRole, db: request.database };
    requireOwnRole(services, name);
    await removeRoles(services, operation, [name]);
    return {};
  },
};
