/**
 * What a command with a transaction number may do in a session, as one table (reference 6.3, 7.2): the rows are what the
 * command wants, the columns what the session is in, seen from the number that the command brought.
 */

/** What a command with lsid and txnNumber wants. */
export type Intent =
  /** txnNumber alone: a retryable write. */
  | 'retryableWrite'
  /** startTransaction: true. */
  | 'start'
  /** autocommit: false, any statement but the two below. */
  | 'continue'
  | 'commit'
  | 'abort';

/** The session's active number against the command's, and what the active number stands for where they are equal. */
export type Situation = 'older' | 'newer' | 'retryableWrite' | 'inProgress' | 'committed' | 'aborted';

/** What follows: one of the ways to go on, or the error's name. */
export type Decision =
  /** The number becomes the active one; what was there is superseded. */
  | 'beginRetryable'
  | 'beginTransaction'
  /** Goes on with what is there. */
  | 'proceed'
  /** Committed before: the same answer again. */
  | 'commitAgain'
  | 'TransactionTooOld'
  | 'IncompleteTransactionHistory'
  | 'ConflictingOperationInProgress'
  | 'NoSuchTransaction'
  | 'TransactionCommitted';

export const transitions: Readonly<Record<Intent, Readonly<Record<Situation, Decision>>>> = {
  retryableWrite: {
    older: 'TransactionTooOld',
    newer: 'beginRetryable',
    retryableWrite: 'proceed',
    inProgress: 'IncompleteTransactionHistory',
    committed: 'IncompleteTransactionHistory',
    aborted: 'IncompleteTransactionHistory',
  },
  start: {
    older: 'TransactionTooOld',
    newer: 'beginTransaction',
    retryableWrite: 'ConflictingOperationInProgress',
    inProgress: 'ConflictingOperationInProgress',
    committed: 'ConflictingOperationInProgress',
    aborted: 'ConflictingOperationInProgress',
  },
  continue: {
    older: 'TransactionTooOld',
    newer: 'NoSuchTransaction',
    retryableWrite: 'NoSuchTransaction',
    inProgress: 'proceed',
    committed: 'TransactionCommitted',
    aborted: 'NoSuchTransaction',
  },
  commit: {
    older: 'TransactionTooOld',
    newer: 'NoSuchTransaction',
    retryableWrite: 'NoSuchTransaction',
    inProgress: 'proceed',
    committed: 'commitAgain',
    aborted: 'NoSuchTransaction',
  },
  abort: {
    older: 'TransactionTooOld',
    newer: 'NoSuchTransaction',
    retryableWrite: 'NoSuchTransaction',
    inProgress: 'proceed',
    committed: 'TransactionCommitted',
    aborted: 'NoSuchTransaction',
  },
};
