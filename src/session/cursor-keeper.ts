/** What ends with a session or a transaction beside itself: its cursors. Whoever keeps open cursors is one of these. */
import type { AuthenticatedUser, LogicalSessionId } from './operation.ts';

export interface CursorKeeper {
  /**
   * Closes the cursors that were made in a session; one in use closes when its getMore ends. Answers how many. `reason`
   * is what a later getMore is told.
   */
  killForSession(lsid: LogicalSessionId, reason: string): number;
  /** Closes the cursors that were made in a transaction. */
  killForTransaction(lsid: LogicalSessionId, txnNumber: bigint, reason: string): void;
  /** Closes all cursors of a user, those outside of sessions too. Answers how many. */
  killForUser(user: AuthenticatedUser, reason: string): number;
  /** Sessions that have an open cursor. */
  sessions(): Iterable<LogicalSessionId>;
}

/** Nobody has cursors: what a server has before its cursors are connected. */
export const noCursors: CursorKeeper = {
  killForSession: () => 0,
  killForTransaction: () => undefined,
  killForUser: () => 0,
  sessions: () => [],
};
