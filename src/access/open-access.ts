/** The parts of this folder, put together once per server. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Log } from '../log.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import { type Authority, openAuthority } from '../session/authority.ts';
import type { TableWatch } from '../storage/table-watch.ts';
import { AccessControl } from './access-control.ts';
import { RoleStore } from './role-store.ts';
import { UserStore } from './user-store.ts';

export interface AccessOptions {
  readonly catalog: Catalog;
  readonly watch: TableWatch;
  readonly parameters: ParameterStore;
  readonly log: Log;
  /** Who would do something has to be logged in and have the right. */
  readonly isEnforced: boolean;
}

export interface Access {
  /** Who is known. */
  readonly users: UserStore;
  /** What there is that they may be given. */
  readonly roles: RoleStore;
  /** What they may do. */
  readonly authority: Authority;
}

/** Reads who is known of a store. */
export async function openAccess({ catalog, watch, parameters, log, isEnforced }: AccessOptions): Promise<Access> {
  const users = await UserStore.open({ catalog, watch, log });
  const roles = await RoleStore.open({ catalog, watch, log });
  const authority = isEnforced ? new AccessControl({ users, roles, parameters }) : openAuthority;
  return { users, roles, authority };
}
