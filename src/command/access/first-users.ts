/** Users that a server is started with: made by the server itself, so that nobody has to come first. */
import type { RoleName } from '../../auth/role-name.ts';
import { document } from '../../bson/literal.ts';
import { isMongoError } from '../../error/mongo-error.ts';
import type { ClientConnection } from '../../session/operation.ts';
import { createUser } from '../createUser.ts';
import type { Services } from '../services.ts';

export interface FirstUser {
  readonly user: string;
  readonly pwd: string;
  /** Where the user logs in. Default: `admin`. */
  readonly db?: string;
  /** Names alone are of the roles of `db`. */
  readonly roles: readonly (string | RoleName)[];
}

/** The server, as a client of its own. */
const ownConnection: ClientConnection = {
  id: 0,
  remoteAddress: '127.0.0.1:0',
  localAddress: '127.0.0.1:0',
  metadata: undefined,
  appName: undefined,
  user: undefined,
};

/** Makes those of these users that the store does not have; the others stay as they are. Throws as createUser does. */
export async function addUsers(services: Services, users: readonly FirstUser[]): Promise<void> {
  for (const { user, pwd, db = 'admin', roles } of users) {
    const named = roles.map((role) => (typeof role === 'string' ? role : { role: role.role, db: role.db }));
    const body = document({ createUser: user, pwd, roles: named });
    const request = { name: 'createUser', database: db, body, sequence: () => undefined, exhaustAllowed: false };
    // Nobody asks the server for a login of its own.
    const policy = { ...createUser, needsLogin: false };
    const outcome = await services.sessions.gate.run(request, policy, ownConnection, (operation) =>
      createUser.run(operation, request, services),
    );
    if (outcome.kind === 'error' && !isMongoError(outcome.error, 'Location51003')) throw outcome.error;
  }
}
