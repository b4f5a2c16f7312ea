/** The parts of this folder, put together once per server. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Clock } from '../clock/clock.ts';
import type { Randomness } from '../clock/randomness.ts';
import type { Log } from '../log.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import { type Authority, openAuthority } from '../session/authority.ts';
import type { TableWatch } from '../storage/table-watch.ts';
import { AccessControl } from './access-control.ts';
import { openDecoySecret } from './decoy-secret.ts';
import { makeInternalUser } from './internal-user.ts';
import { KnownUsers } from './known-users.ts';
import { Login } from './login.ts';
import { RoleStore } from './role-store.ts';
import { UserStore } from './user-store.ts';

export interface AccessOptions {
  readonly catalog: Catalog;
  readonly watch: TableWatch;
  readonly parameters: ParameterStore;
  readonly log: Log;
  /** Who would do something has to be logged in and have the right. */
  readonly isEnforced: boolean;
  /** Secrets that the nodes of one cluster share, never shown to anybody. Empty: there is none. */
  readonly clusterKeys: readonly Buffer[];
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export interface Access {
  /** Who is known by a document of the store. */
  readonly users: UserStore;
  /** Who can log in. */
  readonly knownUsers: KnownUsers;
  /** What there is that they may be given. */
  readonly roles: RoleStore;
  /** What they may do. */
  readonly authority: Authority;
  /** How somebody becomes the user of a connection. */
  readonly login: Login;
}

/** Reads who is known of a store. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { catalog, watch, parameters, log, isEnforced, clusterKeys, clock, randomness } = options;
  const users = await UserStore.open({ catalog, watch, log });
  const roles = await RoleStore.open({ catalog, watch, log });
  const secret = await openDecoySecret(catalog.engine, randomness);
  const knownUsers = new KnownUsers(users, await makeInternalUser({ clusterKeys, parameters, secret }));
  return {
    users,
    knownUsers,
    roles,
    authority: isEnforced ? new AccessControl({ users: knownUsers, roles, parameters }) : openAuthority,
    login: new Login({ users: knownUsers, roles, parameters, clock, randomness, log, secret }),
  };
}
