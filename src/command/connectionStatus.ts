import { grantsOf } from '../access/user-grants.ts';
import { describePrivilege } from '../auth/privilege.ts';
import { Binary } from '../bson/scalar.ts';
import { any, lenientBool, optional } from '../bson/structure.ts';
import { randomUuid } from '../clock/randomness.ts';
import type { ClientConnection } from '../session/operation.ts';
import { roleDocument } from './access/user-records.ts';
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
    const known = user === undefined ? undefined : services.knownUsers.find(user.name, user.database);
    const grants = grantsOf(services.roles, known?.roles ?? []);
    return {
      authInfo: {
        authenticatedUsers: user === undefined ? [] : [{ user: user.name, db: user.database }],
        authenticatedUserRoles: grants.roles.map((role) => roleDocument(role)),
        authenticatedUserPrivileges:
          showPrivileges === true
            ? grants.privileges.list().map((privilege) => describePrivilege(privilege))
            : undefined,
      },
      uuid: new Binary(id, Binary.SUBTYPE_UUID),
    };
  },
};
