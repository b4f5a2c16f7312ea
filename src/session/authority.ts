/** What sessions have to know of users and rights. Whoever keeps those implements it; this folder only asks. */
import type { Action } from '../auth/action.ts';
import type { Resource } from '../auth/resource.ts';
import type { RoleName } from '../auth/role-name.ts';
import type { ClientConnection } from './operation.ts';

export interface Authority {
  /** Access control is on. */
  readonly isEnforced: boolean;
  /** Logs a client out whose user is there no more. */
  confirm(client: ClientConnection): void;
  /** The client is on this machine, nobody logged in, and there is no user yet to log in as. */
  hasLocalhostException(client: ClientConnection): boolean;
  /** Whether the client's user may do this. Always true while access control is off. */
  isAuthorized(client: ClientConnection, action: Action, resource: Resource): boolean;
  /** Whether the client's user has any right on anything in this database. */
  knowsDatabase(client: ClientConnection, database: string): boolean;
  /** Whether the client's user has any right on this collection. */
  knowsCollection(client: ClientConnection, database: string, collection: string): boolean;
  /** The roles of the client's user, with those that they hold. */
  rolesOf(client: ClientConnection): readonly RoleName[];
}

/** Everybody may do everything: access control is off. */
export const openAuthority: Authority = {
  isEnforced: false,
  confirm: () => undefined,
  hasLocalhostException: () => false,
  isAuthorized: () => true,
  knowsDatabase: () => true,
  knowsCollection: () => true,
  rolesOf: () => [],
};
