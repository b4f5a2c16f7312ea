/** What sessions have to know of users and rights. Whoever keeps those implements it; this folder only asks. */
import type { Action } from '../auth/action.ts';
import type { Resource } from '../auth/resource.ts';
import type { ClientConnection } from './operation.ts';

/** Something that a client was allowed to do. */
export interface Right {
  readonly action: Action;
  readonly resource: Resource;
}

export interface Authority {
  /** Access control is on. */
  readonly isEnforced: boolean;
  /** The client is on this machine, nobody logged in, and there is no user yet to log in as. */
  hasLocalhostException(client: ClientConnection): boolean;
  /** Whether the client's user may do this. Always true while access control is off. */
  isAuthorized(client: ClientConnection, action: Action, resource: Resource): boolean;
}

/** Everybody may do everything: access control is off. */
export const openAuthority: Authority = {
  isEnforced: false,
  hasLocalhostException: () => false,
  isAuthorized: () => true,
};
