import { any, integral, lenientBool, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('shutdown', {
  shutdown: optional(any),
  force: optional(lenientBool),
  timeoutSecs: optional(integral),
});

/** shutdown: ends the server in order: running commands finish, the store closes (manual, "shutdown"). */
export const shutdown: Command = {
  ...diagnostic,
  name: 'shutdown',
  help: 'stop the server',
  isAdminOnly: true,
  privilege: { action: 'shutdown', resource: 'cluster' },
  run(_operation, request, services) {
    parse(request.body);
    services.shutdown();
    return {};
  },
};
