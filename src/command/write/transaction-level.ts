import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';

/**
 * Throws InvalidOptions in a transaction that reads at another level than local: the newest catalog is what collections
 * and indexes are made in (manual, "Create Collections and Indexes in a Transaction").
 */
export function checkTransactionLevel({ mode, readConcern: { level }, commandName }: Operation): void {
  if (mode !== 'transaction' || level === 'local') return;
  throw new MongoError(
    'InvalidOptions',
    `Command ${commandName} does not support this transaction's { readConcern: { level: "${level}" } }`,
  );
}
