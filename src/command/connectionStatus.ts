import { Binary } from '../bson/scalar.ts';
import { any, lenientBool, optional } from '../bson/structure.ts';
import { randomUuid } from '../clock/randomness.ts';
import type { ClientConnection } from '../session/operation.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

const parse = commandArguments('connectionStatus', {
  connectionStatus: optional(any),
  showPrivileges: optional(lenientBool),
});

/** A name for each connection, given out when it is first asked for. */
const connectionIds = new WeakMap<ClientConnection, Buffer>();

/** connectionStatus: who is logged in on this connection (manual, "connectionStatus"). */
export const connectionStatus: Command = {
  ...diagnostic,
  name: 'connectionStatus',
  help: 'who is logged in on this connection',
  needsLogin: false,
  inStableApi: true,
  run(operation, request, services) {
    const { showPrivileges } = parse(request.body);
    const id = connectionIds.get(operation.client) ?? randomUuid(services.randomness);
    connectionIds.set(operation.client, id);
    const { user } = operation.client;
    return {
      authInfo: {
        authenticatedUsers: user === undefined ? [] : [{ user: user.name, db: user.database }],
        authenticatedUserRoles: [],
        authenticatedUserPrivileges: showPrivileges === true ? [] : undefined,
      },
      uuid: new Binary(id, Binary.SUBTYPE_UUID),
    };
  },
};
