import { document } from '../bson/literal.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

/** listCommands: every command with its help line (manual, "listCommands"). */
export const listCommands: Command = {
  ...diagnostic,
  name: 'listCommands',
  help: 'list the commands of this server',
  needsLogin: false,
  run(_operation, _request, services) {
    const commands = new Map<string, Value>();
    for (const command of services.commands) {
      if (command.isTestOnly && !services.parameters.get('enableTestCommands')) continue;
      commands.set(
        command.name,
        document({
          help: command.help,
          requiresAuth: command.needsLogin,
          secondaryOk: true,
          adminOnly: command.isAdminOnly,
          apiVersions: command.inStableApi ? ['1'] : [],
          deprecatedApiVersions: [],
        }),
      );
    }
    return { commands: BsonDocument.fromFields(commands) };
  },
};
