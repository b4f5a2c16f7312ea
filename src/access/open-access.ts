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
  readonly clusterKeys: readonly Buffer[];
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export interface Access {
  /** Who is known. */
  readonly users: UserStore;
  /** What there is that they may be given. */
  readonly roles: RoleStore;
  /** What they may do. */
  readonly authority: Authority;
  /** How somebody becomes the user of a connection. */
  readonly login: Login;
  /** Secrets that the nodes of one cluster share, never shown to anybody; the first one is in use. Empty: there is none. */
  readonly clusterKeys: readonly Buffer[];
}

/** Reads who is known of a store. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { catalog, watch, parameters, log, isEnforced, clusterKeys, clock, randomness } = options;
  const users = await UserStore.open({ catalog, watch, log });
  const roles = await RoleStore.open({ catalog, watch, log });
  const secret = await openDecoySecret(catalog.engine, randomness);
  return {
    users,
    roles,
    clusterKeys,
    authority: isEnforced ? new AccessControl({ users, roles, parameters }) : openAuthority,
    login: new Login({ users, roles, parameters, clock, randomness, log, secret }),
  };
}
