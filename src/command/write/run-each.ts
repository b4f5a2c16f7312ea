import { whileShared } from '../../catalog/access.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { chain, eachInTurn } from '../../session/maybe-promise.ts';
import type { ExecutedStatement, Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';
import { isFailed, runStatements, type StatementResult } from './ordered-statements.ts';

/** How statements of one kind run, what history keeps of one, and what it says to a retry. */
export interface StatementKind<Statement, Done> {
  run(transaction: StorageTransaction, statement: Statement): MaybePromise<Done>;
  record(done: Done): ExecutedStatement | undefined;
  replay(executed: ExecutedStatement): Done;
}

/** Where a statement list stands in its command. */
export interface BatchPlace {
  readonly isOrdered: boolean;
  /** Position of the first statement in the command's batch. */
  readonly firstIndex: number;
}

/** Runs statements on one collection, each in a storage transaction of its own outside of transactions. */
export function runEach<Statement extends { readonly isMulti: boolean }, Done>(
  services: Services,
  operation: Operation,
  name: Namespace,
  statements: readonly Statement[],
  { isOrdered, firstIndex }: BatchPlace,
  kind: StatementKind<Statement, Done>,
): MaybePromise<StatementResult<Done>[]> {
  const results: StatementResult<Done>[] = [];
  const record = (done: StatementResult<Done>) => ('done' in done ? kind.record(done.done) : undefined);
  const replay = (executed: ExecutedStatement) => ({ done: kind.replay(executed) });
  const ran = eachInTurn(statements.length, (at) => {
    const statement = statements[at] as Statement;
    const run = (transaction: StorageTransaction, indexes: readonly number[]) =>
      runStatements(indexes, isOrdered, () => {
        refuseMultiRetry(operation, statement.isMulti);
        return kind.run(transaction, statement);
      });
    const group = { firstIndex: firstIndex + at, count: 1, run, record, replay };
    const executed = whileShared(services, operation, name, () => operation.runStatements(group));
    return chain(executed, ([result]) => {
      if (result === undefined) return false;
      results.push(result);
      if (isOrdered && isFailed(result)) return false;
      operation.checkInterrupt();
      return true;
    });
  });
  return chain(ran, () => results);
}

/** 72: a statement on many documents cannot be retried (reference 6.3). */
function refuseMultiRetry(operation: Operation, isMulti: boolean): void {
  if (isMulti && operation.mode === 'retryable') {
    throw new MongoError('InvalidOptions', 'Cannot use retryable writes with multi=true');
  }
}
