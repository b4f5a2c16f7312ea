import { whileShared } from '../../catalog/access.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { chain, eachInTurn } from '../../session/maybe-promise.ts';
import type { ExecutedStatement, Operation, StatementGroup } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';
import { isFailed, runOne, type StatementResult } from './ordered-statements.ts';
import { StatementParts } from './statement-parts.ts';

/** How statements of one kind run, what history keeps of one, and what it says to a retry. */
export interface StatementKind<Statement, Done> {
  /** Runs a statement, or one of its parts. */
  run(
    services: Services,
    operation: Operation,
    transaction: StorageTransaction,
    name: Namespace,
    statement: Statement,
    parts: StatementParts | undefined,
  ): MaybePromise<Done>;
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
  const ran = eachInTurn(statements.length, (at) => {
    const one = new OneStatement(services, operation, name, statements[at] as Statement, firstIndex + at, kind);
    return chain(
      whileShared(services, operation, name, () => one.execute()),
      ([result]) => {
        if (result === undefined) return false;
        results.push(result);
        if (isOrdered && isFailed(result)) return false;
        operation.checkInterrupt();
        return true;
      },
    );
  });
  return chain(ran, () => results);
}

/** A group of one statement, of which an operation without history may do the rest in further parts. */
class OneStatement<Statement extends { readonly isMulti: boolean }, Done>
  implements StatementGroup<StatementResult<Done>>
{
  readonly count = 1;
  readonly firstIndex: number;
  readonly #services: Services;
  readonly #operation: Operation;
  readonly #name: Namespace;
  readonly #statement: Statement;
  readonly #parts: StatementParts | undefined;
  readonly #kind: StatementKind<Statement, Done>;

  constructor(
    services: Services,
    operation: Operation,
    name: Namespace,
    statement: Statement,
    index: number,
    kind: StatementKind<Statement, Done>,
  ) {
    this.firstIndex = index;
    this.#services = services;
    this.#operation = operation;
    this.#name = name;
    this.#statement = statement;
    this.#parts = StatementParts.of(operation, statement);
    this.#kind = kind;
  }

  execute(): MaybePromise<StatementResult<Done>[]> {
    const done = this.#operation.runStatements(this);
    return this.#parts === undefined ? done : this.#runFurther(done, this.#parts);
  }

  run(transaction: StorageTransaction): MaybePromise<StatementResult<Done>[]> {
    return runOne(() => {
      refuseMultiRetry(this.#operation, this.#statement.isMulti);
      this.#parts?.begin(undefined);
      return this.#runPart(transaction);
    });
  }

  record(result: StatementResult<Done>): ExecutedStatement | undefined {
    return isFailed(result) ? undefined : this.#kind.record(result.done);
  }

  replay(executed: ExecutedStatement): StatementResult<Done> {
    return { done: this.#kind.replay(executed) };
  }

  #runPart(transaction: StorageTransaction): MaybePromise<Done> {
    return this.#kind.run(this.#services, this.#operation, transaction, this.#name, this.#statement, this.#parts);
  }

  /** The parts behind the first. */
  async #runFurther(
    first: MaybePromise<StatementResult<Done>[]>,
    parts: StatementParts,
  ): Promise<StatementResult<Done>[]> {
    const results = await first;
    let [result] = results;
    while (result !== undefined && !isFailed(result) && parts.left !== undefined) {
      this.#operation.checkInterrupt();
      const { left } = parts;
      const [more]: StatementResult<Done>[] = await this.#operation.write((transaction) => {
        parts.begin(left);
        return runOne(() => this.#runPart(transaction));
      });
      if (more === undefined) break;
      result = isFailed(more) ? more : { done: this.#kind.add(result.done, more.done) };
    }
    return result === undefined ? results : [result];
  }
}

/** 72: a statement on many documents cannot be retried (reference 6.3). */
function refuseMultiRetry(operation: Operation, isMulti: boolean): void {
  if (isMulti && operation.mode === 'retryable') {
    throw new MongoError('InvalidOptions', 'Cannot use retryable writes with multi=true');
  }
}
