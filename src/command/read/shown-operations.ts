/** Whose operations, sessions and cursors a listing shows: everybody's, or only those of the user who asks. */
import type { BsonDocument } from '../../bson/value.ts';
import { ownerOf } from '../../session/logical-session-id.ts';
import { isSameUser, type Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';
import { describeCursor, describeOperation } from './current-operation.ts';

export interface ShownOperations {
  readonly isOwnOnly: boolean;
  readonly idleSessions: boolean;
  readonly idleCursors: boolean;
}

/** The rows of currentOp and $currentOp. Without access control everything is everybody's. */
export function shownOperations(services: Services, operation: Operation, options: ShownOperations): BsonDocument[] {
  const { user } = operation.client;
  const isLimited = options.isOwnOnly && services.authority.isEnforced;
  const isShown = (other: typeof user): boolean => !isLimited || isSameUser(other, user);
  const rows: BsonDocument[] = [];
  for (const running of services.operations.running()) {
    if (isShown(running.client.user)) rows.push(describeOperation(services, running));
  }
  if (options.idleSessions) {
    const own = isLimited && user !== undefined ? ownerOf(user) : undefined;
    rows.push(...services.sessions.idleTransactions((id) => own === undefined || id.owner.equals(own)));
  }
  if (options.idleCursors) {
    for (const cursor of services.cursors.all()) {
      if (isShown(cursor.owner.user)) rows.push(describeCursor(services, cursor));
    }
  }
  return rows;
}
