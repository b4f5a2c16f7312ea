import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Session } from './session.ts';
import type { Decision, Situation } from './transition.ts';

type RefusalName = Exclude<Decision, 'beginRetryable' | 'beginTransaction' | 'proceed' | 'commitAgain'>;

/** The error for a refused transaction number, with the reason as far as the session knows it. */
export function refusal(name: RefusalName, session: Session, txnNumber: bigint, situation: Situation): MongoError {
  return new MongoError(name, text(name, session, txnNumber, situation));
}

function text(name: RefusalName, session: Session, txnNumber: bigint, situation: Situation): string {
  const { id, txnNumber: active, state } = session;
  switch (name) {
    case 'TransactionTooOld':
      return (
        `Cannot start transaction with { txnNumber: ${txnNumber} } on session ${id} because a newer transaction ` +
        `with txnNumber ${active} has already started on this session.`
      );
    case 'ConflictingOperationInProgress':
      return `Only servers in a sharded cluster can start a new transaction at the active transaction number ${active}`;
    case 'IncompleteTransactionHistory':
      return `Cannot retry a retryable write with transaction number ${active}: that number belongs to a transaction`;
    case 'TransactionCommitted':
      return `Transaction with { txnNumber: ${active} } has been committed.`;
    case 'NoSuchTransaction':
      if (state.kind === 'aborted' && situation === 'aborted') {
        return `Transaction with { txnNumber: ${active} } has been aborted: ${state.reason}.`;
      }
      return (
        `Given transaction number ${txnNumber} does not match any in-progress transactions. ` +
        `The active transaction number is ${active}`
      );
    default:
      return invariant(false, `refusal of ${name satisfies never}`);
  }
}
