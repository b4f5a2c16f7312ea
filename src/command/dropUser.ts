import { usersNamespace } from '../access/user-store.ts';
import { requiredNotNull, string } from '../bson/structure.ts';
import { changeAccessRecords } from './access/access-records.ts';
import { userId, userNotFound } from './access/user-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';

const parse = commandArguments('dropUser', { dropUser: requiredNotNull(string) });

/** dropUser: removes a user of this database (manual, "dropUser"). */
export const dropUser: Command = {
  ...accessChange,
  name: 'dropUser',
  help: 'remove a user',
  privilege: { action: 'dropUser', resource: 'database' },
  async run(operation, request, services) {
    const { dropUser: name } = parse(request.body);
    const { database } = request;
    if (services.users.find(name, database) === undefined) throw userNotFound(name, database);
    const wasThere = await changeAccessRecords(services, operation, usersNamespace, (users) =>
      users.remove(userId(name, database)),
    );
    if (!wasThere) throw userNotFound(name, database);
    return {};
  },
};
