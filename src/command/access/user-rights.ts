/** What commands about users ask beyond a row of the command table: rights that depend on who is meant. */
import type { Action } from '../../auth/action.ts';
import type { Resource } from '../../auth/resource.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';

/** Throws Unauthorized where the operation's user may do none of these. */
export function requireRight(
  { authority }: Services,
  operation: Operation,
  resource: Resource,
  actions: readonly Action[],
): void {
  if (!authority.isEnforced || actions.some((action) => authority.isAuthorized(operation.client, action, resource)))
    return;
  throw new MongoError(
    'Unauthorized',
    `not authorized on ${operation.database} to execute command ${operation.commandName}`,
  );
}

/** Whether the operation's own user is meant. */
export function isOneself({ client: { user } }: Operation, name: string, database: string): boolean {
  return user?.name === name && user.database === database;
}
