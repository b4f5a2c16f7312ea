/** The way in to a server that has access control but no user yet (manual, "Localhost Exception"). */
import { plainAddress } from '../auth/authentication-restriction.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { ClientConnection } from '../session/operation.ts';

export interface LocalhostExceptionOptions {
  readonly users: { readonly size: number };
  readonly roles?: { readonly size: number };
  readonly parameters: ParameterStore;
}

/** Whether a client may make the first user: it is on this machine, nobody is logged in, there is no user and no role. */
export function hasLocalhostException(
  { user, remoteAddress }: ClientConnection,
  { users, roles, parameters }: LocalhostExceptionOptions,
): boolean {
  if (user !== undefined || users.size > 0 || (roles?.size ?? 0) > 0) return false;
  return isLoopback(plainAddress(remoteAddress)) && parameters.get('enableLocalhostAuthBypass');
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
