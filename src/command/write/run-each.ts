import { whileShared } from '../../catalog/access.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { chain, eachInTurn } from '../../session/maybe-promise.ts';
import type { ExecutedStatement, Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';
import { isFailed, runStatements, type StatementResult } from './ordered-statements.ts';
import { StatementParts } from './statement-parts.ts';

/** How statements of one kind run, what history keeps of one, and what it says to a retry. */
export interface StatementKind<Statement, Done> {
  /** Runs a statement, or one of its parts. */
  run(transaction: StorageTransaction, statement: Statement, parts: StatementParts | undefined): MaybePromise<Done>;
  /** What two parts of a statement did together. */
  add(done: Done, more: Done): Done;
  record(done: Done): ExecutedStatement | undefined;
  replay(executed: ExecutedStatement): Done;
}

/** Where a statement list stands in its command. */
export interface BatchPlace {
  readonly isOrdered: boolean;
  /** Position of the first statement in the command's batch. */
  readonly firstIndex: number;
}

/** Runs statements on one collection, each in storage transactions of its own outside of transactions. */
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
    const parts = StatementParts.of(operation, statement);
    const run = (transaction: StorageTransaction, indexes: readonly number[]) =>
      runStatements(indexes, isOrdered, () => {
        refuseMultiRetry(operation, statement.isMulti);
        parts?.begin(undefined);
        return kind.run(transaction, statement, parts);
      });
    const group = { firstIndex: firstIndex + at, count: 1, run, record, replay };
    const executed = whileShared(services, operation, name, () => {
      const done = operation.runStatements(group);
      return parts === undefined ? done : runFurther(operation, done, statement, parts, kind);
    });
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

/** The parts of a statement behind the first. */
async function runFurther<Statement, Done>(
  operation: Operation,
  first: MaybePromise<StatementResult<Done>[]>,
  statement: Statement,
  parts: StatementParts,
  kind: StatementKind<Statement, Done>,
): Promise<StatementResult<Done>[]> {
  const results = await first;
  let [result] = results;
  while (result !== undefined && 'done' in result && parts.left !== undefined) {
    operation.checkInterrupt();
    const { left } = parts;
    const [more]: StatementResult<Done>[] = await operation.write((transaction) => {
      parts.begin(left);
      return runStatements([0], true, () => kind.run(transaction, statement, parts));
    });
    if (more === undefined) break;
    result = 'done' in more ? { done: kind.add(result.done, more.done) } : more;
  }
  return result === undefined ? results : [result];
}

/** 72: a statement on many documents cannot be retried (reference 6.3). */
function refuseMultiRetry(operation: Operation, isMulti: boolean): void {
  if (isMulti && operation.mode === 'retryable') {
    throw new MongoError('InvalidOptions', 'Cannot use retryable writes with multi=true');
  }
}
