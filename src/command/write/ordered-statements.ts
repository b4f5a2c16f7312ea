import type { Literal } from '../../bson/literal.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { limits } from '../../limits.ts';
import { chain, eachInTurn, settle } from '../../session/maybe-promise.ts';
import type { Operation } from '../../session/operation.ts';
import type { MaybePromise } from '../../storage/engine.ts';

/** What became of one statement of a write command: what it did, or why it did nothing. */
export type StatementResult<T> = { readonly done: T } | { readonly error: MongoError };

export function isFailed<T>(result: StatementResult<T>): result is { readonly error: MongoError } {
  return 'error' in result;
}

/**
 * Runs `run` for each position until one fails and the batch is ordered. Errors that end the whole command (write
 * conflicts, interruption, our own bugs) are thrown, those of a single statement become its result.
 */
export function runStatements<T>(
  indexes: readonly number[],
  isOrdered: boolean,
  run: (index: number) => MaybePromise<T>,
): MaybePromise<StatementResult<T>[]> {
  if (indexes.length === 1) return runOne(() => run(indexes[0] as number));
  const results: StatementResult<T>[] = [];
  const succeeded = (done: T): boolean => {
    results.push({ done });
    return true;
  };
  const failed = (thrown: unknown): boolean => {
    results.push(...onlyFailed(thrown));
    return !isOrdered;
  };
  const ran = eachInTurn(indexes.length, (at) => settle(() => run(indexes[at] as number), succeeded, failed));
  return chain(ran, () => results);
}

/** As `runStatements`, for one statement. */
export function runOne<T>(run: () => MaybePromise<T>): MaybePromise<StatementResult<T>[]> {
  let done: MaybePromise<T>;
  try {
    done = run();
  } catch (thrown) {
    return onlyFailed(thrown);
  }
  return done instanceof Promise ? done.then(onlyDone<T>, onlyFailed) : onlyDone(done);
}

function onlyDone<T>(done: T): StatementResult<T>[] {
  return [{ done }];
}

function onlyFailed(thrown: unknown): { readonly error: MongoError }[] {
  if (!(thrown instanceof MongoError) || endsCommand(thrown)) throw thrown;
  return [{ error: thrown }];
}

/** Errors that are the command's, not one statement's. */
const commandErrors = new Set<string>([
  'WriteConflict',
  'LockTimeout',
  'SnapshotUnavailable',
  'Interrupted',
  'InterruptedAtShutdown',
  'MaxTimeMSExpired',
  'TransactionExceededLifetimeLimitSeconds',
  'TransactionTooLarge',
  'NoSuchTransaction',
  'OutOfDiskSpace',
]);

function endsCommand(error: MongoError): boolean {
  return commandErrors.has(error.codeName);
}

/** The writeErrors of a reply: one entry per failed statement, in MongoDB's form; undefined when all went well. */
export function writeErrors(results: readonly StatementResult<unknown>[], firstIndex = 0): Literal | undefined {
  if (!results.some(isFailed)) return undefined;
  const errors: Literal[] = [];
  results.forEach((result, at) => {
    if (!isFailed(result)) return;
    const { code, message, details } = result.error;
    errors.push({ index: firstIndex + at, code, errmsg: message, ...(details.reply as Record<string, Literal>) });
  });
  return errors;
}

/** Throws InvalidLength unless a batch has between 1 and 100,000 statements, and as many ids of statements where it names them. */
export function checkBatchSize({ statementIds }: Operation, count: number): void {
  if (count < 1 || count > limits.writeBatchSize) {
    throw new MongoError(
      'InvalidLength',
      `Write batch sizes must be between 1 and ${limits.writeBatchSize}. Got ${count} operations.`,
    );
  }
  if (statementIds !== undefined && statementIds.length !== count) {
    throw new MongoError(
      'InvalidLength',
      `Number of statement ids must match the number of batch entries. Got ${statementIds.length} statement ids but ${count} operations`,
    );
  }
}

/** Whether a batch ends with its first failure: where it is ordered, and in any transaction, which that aborts. */
export function stopsAtFailure({ mode }: Operation, isOrdered: boolean | undefined): boolean {
  return isOrdered !== false || mode === 'transaction';
}
