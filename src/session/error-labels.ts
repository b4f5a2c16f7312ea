/** The labels that tell drivers what to try again (reference 6.7, 7.7). At most one of the first two is ever sent. */

import { invariant } from '../error/invariant.ts';
import type { MongoError } from '../error/mongo-error.ts';
import { type ErrorClass, errorClassOf } from './error-class.ts';
import type { LiveOperation } from './live-operation.ts';

export interface LabelSubject {
  readonly operation: LiveOperation;
  readonly error: MongoError | undefined;
  readonly writeConcernError: MongoError | undefined;
}

/** Labels of a reply that failed or has a write concern error; undefined for none. */
export function errorLabels(subject: LabelSubject): readonly string[] | undefined {
  const fixed = subject.error?.details.labels ?? subject.writeConcernError?.details.labels;
  if (fixed !== undefined) return fixed.length === 0 ? undefined : fixed;
  if (subject.operation.txnNumber === undefined) return undefined;
  if (isTransient(subject)) return ['TransientTransactionError'];
  if (!isRetryable(subject)) return undefined;
  const hasWritten = subject.operation.writtenAt !== undefined;
  return hasWritten ? ['RetryableWriteError'] : ['RetryableWriteError', 'NoWritesPerformed'];
}

/** The transaction as a whole may be run again. */
function isTransient({ operation, error, writeConcernError }: LabelSubject): boolean {
  if (operation.fields.autocommit === undefined || error === undefined) return false;
  const errorClass: ErrorClass = errorClassOf(error.codeName);
  switch (errorClass) {
    case 'conflict':
      return true;
    case 'transactionGone':
      return !endsTransaction(operation) || writeConcernError === undefined;
    case 'retriable':
      return !endsTransaction(operation);
    case 'retriableOutsideTransactions':
    case 'permanent':
      return false;
    default:
      return invariant(false, `error class ${errorClass satisfies never}`);
  }
}

/** The command may be sent again with the same numbers. */
function isRetryable({ operation, error, writeConcernError }: LabelSubject): boolean {
  if (operation.fields.autocommit !== undefined && !endsTransaction(operation)) return false;
  return [error, writeConcernError].some((failure) => {
    const errorClass = failure === undefined ? 'permanent' : errorClassOf(failure.codeName);
    return errorClass === 'retriable' || errorClass === 'retriableOutsideTransactions';
  });
}

function endsTransaction({ commandName }: LiveOperation): boolean {
  return commandName === 'commitTransaction' || commandName === 'abortTransaction';
}
