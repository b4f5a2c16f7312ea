/** What sessions have to know of users and rights. Whoever keeps those implements it; this folder only asks. */
import type { ClientConnection } from './operation.ts';

/** What an action is asked on; a database with an empty name is the whole cluster. */
export interface Resource {
  readonly database: string;
  readonly collection: string;
}

export const clusterResource: Resource = { database: '', collection: '' };

export interface Authority {
  /** Access control is on. */
  readonly isEnforced: boolean;
  /** The client is on this machine, nobody logged in, and there is no user yet to log in as. */
  hasLocalhostException(client: ClientConnection): boolean;
  /** Whether the client's user may do this. Always true while access control is off. */
  isAuthorized(client: ClientConnection, action: string, resource: Resource): boolean;
}

/** Everybody may do everything: access control is off. */
export const openAuthority: Authority = {
  isEnforced: false,
  hasLocalhostException: () => false,
  isAuthorized: () => true,
};
