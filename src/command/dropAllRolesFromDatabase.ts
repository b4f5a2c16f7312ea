import { any, optional } from '../bson/structure.ts';
import { removeRoles } from './access/role-removal.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';

const parse = commandArguments('dropAllRolesFromDatabase', { dropAllRolesFromDatabase: optional(any) });

/** dropAllRolesFromDatabase: removes the roles that users made in a database (manual, "dropAllRolesFromDatabase"). */
export const dropAllRolesFromDatabase: Command = {
  ...accessChange,
  name: 'dropAllRolesFromDatabase',
  help: 'remove the roles of this database',
  privilege: { action: 'dropRole', resource: 'database' },
  async run(operation, request, services) {
    parse(request.body);
    const names = [...services.roles.entries()].map(({ name }) => name).filter(({ db }) => db === request.database);
    return { n: await removeRoles(services, operation, names) };
  },
};
