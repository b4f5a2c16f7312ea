import { any, lenientBool, optional } from '../bson/structure.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('connectionStatus', {
  connectionStatus: optional(any),
  showPrivileges: optional(lenientBool),
});

/** connectionStatus: who is logged in on this connection (manual, "connectionStatus"). */
export const connectionStatus: Command = {
  ...diagnostic,
  name: 'connectionStatus',
  help: 'who is logged in on this connection',
  needsLogin: false,
  inStableApi: true,
  run(operation, request) {
    const { showPrivileges } = parse(request.body);
    const { user } = operation.client;
    return {
      authInfo: {
        authenticatedUsers: user === undefined ? [] : [{ user: user.name, db: user.database }],
        authenticatedUserRoles: [],
        authenticatedUserPrivileges: showPrivileges === true ? [] : undefined,
      },
    };
  },
};
