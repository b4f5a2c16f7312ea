/**
 * Storage access of a retryable write (reference 6.2, 6.3): a statement that an earlier attempt executed is answered from
 * the session's history, any other runs, and what it did is recorded in the storage transaction of its data. So after a
 * crash either both are there or neither.
 */

import type { MaybePromise, StorageTransaction } from '../storage/engine.ts';
import type { CausalTime } from './causal-time.ts';
import type { CommitWatch } from './commit-watch.ts';
import type { FailPoints } from './fail-points.ts';
import type { HistoryStore, PlannedRecord } from './history-store.ts';
import { chain } from './maybe-promise.ts';
import type { StatementGroup } from './operation.ts';
import type { PlainAccess } from './plain-access.ts';
import type { RunningOperation } from './running-operation.ts';
import type { Session } from './session.ts';
import type { NewStatement, StatementHistory } from './statement-history.ts';
import { allIndexes, type StorageAccess, type StorageWork } from './storage-access.ts';
import type { TransactionStatistics } from './transaction-statistics.ts';
import { durabilityOf } from './write-concern.ts';

export interface RetryableParts {
  readonly commits: CommitWatch;
  readonly plain: PlainAccess;
  readonly time: CausalTime;
  readonly histories: HistoryStore;
  readonly statistics: TransactionStatistics;
  readonly failPoints: FailPoints;
}

export class RetryableAccess implements StorageAccess {
  readonly shapeVersion = undefined;
  readonly #parts: RetryableParts;
  readonly #session: Session;
  readonly #history: StatementHistory;

  constructor(parts: RetryableParts, session: Session, history: StatementHistory) {
    this.#parts = parts;
    this.#session = session;
    this.#history = history;
  }

  read<T>(operation: RunningOperation, work: StorageWork<T>): MaybePromise<T> {
    return this.#parts.plain.read(operation, work);
  }

  write<T>(operation: RunningOperation, work: StorageWork<T>): MaybePromise<T> {
    return this.#parts.plain.write(operation, work);
  }

  afterCommit(operation: RunningOperation, action: () => void): void {
    this.#parts.plain.afterCommit(operation, action);
  }

  onRelease(operation: RunningOperation, action: () => void): void {
    this.#parts.plain.onRelease(operation, action);
  }

  runStatements<T>(operation: RunningOperation, group: StatementGroup<T>): MaybePromise<T[]> {
    if (this.#history.isEmpty && !this.#isFailingApart(operation)) {
      return this.#execute(operation, group, allIndexes(group));
    }
    const replayed = this.#replay(operation, group);
    const pending: number[] = [];
    for (let index = group.firstIndex; index < group.firstIndex + group.count; index++) {
      if (!replayed.has(index)) pending.push(index);
    }
    if (pending.length === 0) {
      return chain(this.#awaitDurability(operation), () => [...replayed.values()]);
    }
    const executed = this.#isFailingApart(operation)
      ? this.#executeApart(operation, group, pending)
      : this.#execute(operation, group, pending);
    return chain(executed, (results) => merge(group, replayed, results));
  }

  #replay<T>(operation: RunningOperation, group: StatementGroup<T>): Map<number, T> {
    const replayed = new Map<number, T>();
    const retriedIds: number[] = [];
    for (let index = group.firstIndex; index < group.firstIndex + group.count; index++) {
      const id = statementIdOf(operation, index);
      const executed = this.#history.find(id);
      if (executed === undefined) continue;
      replayed.set(index, group.replay(executed, index));
      retriedIds.push(id);
    }
    if (retriedIds.length > 0) this.#countRetries(operation, retriedIds);
    return replayed;
  }

  #countRetries(operation: RunningOperation, ids: readonly number[]): void {
    if (operation.retriedStatementIds.length === 0) this.#parts.statistics.retriedCommands++;
    this.#parts.statistics.retriedStatements += ids.length;
    operation.retriedStatementIds = [...operation.retriedStatementIds, ...ids];
  }

  /** Under the fail point each statement commits alone, as MongoDB's do (a batch of inserts excepted). */
  #isFailingApart({ commandName }: RunningOperation): boolean {
    return this.#parts.failPoints.failsTransactionalWrites && commandName !== 'insert';
  }

  async #executeApart<T>(
    operation: RunningOperation,
    group: StatementGroup<T>,
    pending: readonly number[],
  ): Promise<T[]> {
    const results: T[] = [];
    for (const index of pending) results.push(...(await this.#execute(operation, group, [index])));
    return results;
  }

  #execute<T>(operation: RunningOperation, group: StatementGroup<T>, pending: readonly number[]): MaybePromise<T[]> {
    let planned: PlannedRecord | undefined;
    const written = this.#parts.plain.write(operation, (transaction) => {
      planned = undefined;
      return chain(group.run(transaction, pending), (results) => {
        const statements = this.#executed(operation, group, pending, results);
        if (statements.length === 0) return results;
        this.#failBeforeCommit(operation);
        planned = this.#plan(operation, statements);
        return chain(this.#record(transaction, planned), () => results);
      });
    });
    return chain(written, (results) => {
      planned?.adopt();
      return results;
    });
  }

  #failBeforeCommit(operation: RunningOperation): void {
    const failure = this.#parts.failPoints.beforeTransactionalCommit();
    if (failure === undefined) return;
    operation.isHangingUp = failure.closesConnection;
    if (failure.error !== undefined) throw failure.error;
  }

  #executed<T>(
    operation: RunningOperation,
    group: StatementGroup<T>,
    pending: readonly number[],
    results: readonly T[],
  ): NewStatement[] {
    const statementOf = (result: T, position: number): NewStatement[] => {
      const executed = group.record(result);
      if (executed === undefined) return [];
      return [{ id: statementIdOf(operation, pending[position] as number), executed }];
    };
    const [only] = results;
    return results.length === 1 ? statementOf(only as T, 0) : results.flatMap(statementOf);
  }

  #plan(operation: RunningOperation, statements: readonly NewStatement[]): PlannedRecord {
    const { histories, time, statistics } = this.#parts;
    operation.reservedAt = time.reserve();
    const moment = { writtenAt: operation.reservedAt, lastWriteMs: operation.clock.nowMs() };
    const planned = histories.planStatements(this.#session, this.#history, statements, moment);
    // MongoDB logs a batch of inserts as one, every other statement alone.
    let inserts = 0;
    for (const { executed } of statements) if (executed.kind === 'insert') inserts++;
    const writes = statements.length - inserts + (inserts > 0 ? 1 : 0);
    return {
      writes: planned.writes,
      adopt: () => {
        planned.adopt();
        statistics.recordWrites += writes;
      },
    };
  }

  #record(transaction: StorageTransaction, planned: PlannedRecord): MaybePromise<void> {
    return transaction.write(planned.writes);
  }

  /** What an earlier attempt wrote has to reach as much as this attempt asks for. */
  #awaitDurability(operation: RunningOperation): MaybePromise<void> {
    return durabilityOf(operation.writeConcern) === 'journaled' ? this.#parts.commits.whenOnDisk() : undefined;
  }
}

function statementIdOf({ fields }: RunningOperation, index: number): number {
  return fields.statementIds?.[index] ?? (fields.statementId ?? 0) + index;
}

/** Results in batch order; an ordered batch that stopped early ends where it stopped. */
function merge<T>(group: StatementGroup<T>, replayed: ReadonlyMap<number, T>, results: readonly T[]): T[] {
  if (replayed.size === 0) return [...results];
  const merged: T[] = [];
  let next = 0;
  for (let index = group.firstIndex; index < group.firstIndex + group.count; index++) {
    const known = replayed.get(index);
    if (known !== undefined) merged.push(known);
    else if (next < results.length) merged.push(results[next++] as T);
    else break;
  }
  return merged;
}
