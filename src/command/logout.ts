import { any, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('logout', { logout: optional(any) });

/** logout: ends the login of this connection where it is one of this database (manual, "logout"). */
export const logout: Command = {
  ...diagnostic,
  name: 'logout',
  help: 'log out',
  needsLogin: false,
  inStableApi: true,
  run({ client }, request, services) {
    parse(request.body);
    services.login.logout(client, request.database);
    return {};
  },
};
