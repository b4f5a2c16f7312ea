import { usersNamespace } from '../access/user-store.ts';
import { any, optional } from '../bson/structure.ts';
import { changeAccessRecords } from './access/access-records.ts';
import { userId } from './access/user-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';

const parse = commandArguments('dropAllUsersFromDatabase', { dropAllUsersFromDatabase: optional(any) });

/** dropAllUsersFromDatabase: removes the users of this database (manual, "dropAllUsersFromDatabase"). */
export const dropAllUsersFromDatabase: Command = {
  ...accessChange,
  name: 'dropAllUsersFromDatabase',
  help: 'remove all users of a database',
  privilege: { action: 'dropUser', resource: 'database' },
  async run(operation, request, services) {
    parse(request.body);
    const names = [...services.users.entries()].filter(({ database }) => database === request.database);
    if (names.length === 0) return { n: 0 };
    const n = await changeAccessRecords(services, operation, usersNamespace, async (users) => {
      let removed = 0;
      for (const { name, database } of names) if (await users.remove(userId(name, database))) removed++;
      return removed;
    });
    return { n };
  },
};
