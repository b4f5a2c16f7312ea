/**
 * Storage access outside transactions. A read has a snapshot of its own; a write is a storage transaction of its own that
 * begins again when it loses a write conflict, until the operation's deadline. The conflict of a plain write is never the
 * client's business: it waits for the transaction that won, or a moment of chance where that has ended already.
 */

import type { Timestamp } from '../bson/scalar.ts';
import type { Randomness } from '../clock/randomness.ts';
import { isMongoError, type MongoError } from '../error/mongo-error.ts';
import type { MaybePromise, StorageEngine, StorageTransaction } from '../storage/engine.ts';
import type { CausalTime } from './causal-time.ts';
import type { CommitPoint } from './commit-point.ts';
import type { ConflictQueue, Place } from './conflict-queue.ts';
import type { StatementGroup } from './operation.ts';
import type { RunningOperation } from './running-operation.ts';
import { allIndexes, readOn, type StorageAccess, type StorageWork } from './storage-access.ts';
import { WatchedTransaction } from './watched-transaction.ts';
import { durabilityOf } from './write-concern.ts';

const readOnly = { readOnly: true } as const;

/** Longest pause before a write that lost a conflict begins again, in milliseconds. */
const backoffCapMs = 20;

export interface PlainParts {
  readonly engine: StorageEngine;
  readonly commitPoint: CommitPoint;
  readonly conflicts: ConflictQueue;
  readonly time: CausalTime;
  readonly randomness: Randomness;
}

export class PlainAccess implements StorageAccess {
  readonly shapeVersion = undefined;
  readonly #engine: StorageEngine;
  readonly #commitPoint: CommitPoint;
  readonly #conflicts: ConflictQueue;
  readonly #time: CausalTime;
  readonly #randomness: Randomness;

  constructor({ engine, commitPoint, conflicts, time, randomness }: PlainParts) {
    this.#engine = engine;
    this.#commitPoint = commitPoint;
    this.#conflicts = conflicts;
    this.#time = time;
    this.#randomness = randomness;
  }

  read<T>(_operation: RunningOperation, work: StorageWork<T>): MaybePromise<T> {
    const begun = this.#engine.begin(readOnly);
    return begun instanceof Promise ? begun.then((transaction) => readOn(transaction, work)) : readOn(begun, work);
  }

  write<T>(operation: RunningOperation, work: StorageWork<T>): MaybePromise<T> {
    let value: MaybePromise<T>;
    try {
      value = this.#attempt(operation, work);
    } catch (thrown) {
      return this.#afterFailure(operation, work, thrown);
    }
    return value instanceof Promise ? value.catch((thrown) => this.#afterFailure(operation, work, thrown)) : value;
  }

  #afterFailure<T>(operation: RunningOperation, work: StorageWork<T>, thrown: unknown): Promise<T> {
    if (!isMongoError(thrown, 'WriteConflict')) throw thrown;
    return this.#writeAgain(operation, work, thrown);
  }

  runStatements<T>(operation: RunningOperation, group: StatementGroup<T>): MaybePromise<T[]> {
    const indexes = allIndexes(group);
    return this.write(operation, (transaction) => group.run(transaction, indexes));
  }

  afterCommit(operation: RunningOperation, action: () => void): void {
    operation.takeAction(action);
  }

  onRelease(operation: RunningOperation, action: () => void): void {
    operation.takeRelease(action);
  }

  /** One try. */
  #attempt<T>(operation: RunningOperation, work: StorageWork<T>): MaybePromise<T> {
    const begun = this.#engine.begin();
    if (begun instanceof Promise) return begun.then((transaction) => this.#run(operation, transaction, work));
    return this.#run(operation, begun, work);
  }

  #run<T>(operation: RunningOperation, begun: StorageTransaction, work: StorageWork<T>): MaybePromise<T> {
    const transaction = new WatchedTransaction(begun);
    operation.holdActions();
    let value: MaybePromise<T>;
    try {
      value = work(transaction);
    } catch (thrown) {
      return this.#drop(operation, transaction, thrown);
    }
    if (!(value instanceof Promise)) return this.#commit(operation, transaction, value);
    return value.then(
      (arrived) => this.#commit(operation, transaction, arrived),
      (thrown) => this.#drop(operation, transaction, thrown),
    );
  }

  #commit<T>(operation: RunningOperation, transaction: WatchedTransaction, value: T): MaybePromise<T> {
    const durability = durabilityOf(operation.writeConcern);
    const committed = this.#commitPoint.commit(transaction, durability, operation.reservedAt);
    if (committed instanceof Promise) return committed.then((at) => this.#committed(operation, at, value));
    return this.#committed(operation, committed, value);
  }

  #drop(operation: RunningOperation, transaction: WatchedTransaction, thrown: unknown): never {
    transaction.abort();
    operation.reservedAt = undefined;
    operation.dropActions();
    throw thrown;
  }

  #committed<T>(operation: RunningOperation, at: Timestamp | undefined, value: T): T {
    if (at !== undefined) {
      this.#time.apply(at);
      operation.writtenAt = at;
    }
    operation.reservedAt = undefined;
    operation.releaseActions();
    return value;
  }

  async #writeAgain<T>(operation: RunningOperation, work: StorageWork<T>, first: MongoError): Promise<T> {
    let place: Place | undefined;
    let conflict = first;
    try {
      for (let attempt = 1; ; attempt++) {
        operation.writeConflicts++;
        operation.checkInterrupt();
        const { contested, resolved } = conflict.details;
        if (contested !== undefined && place?.contested !== contested) {
          place?.leave();
          place = this.#conflicts.join(contested, false);
          if (place !== undefined) await operation.wait(place.turn);
        }
        if (resolved !== undefined) await operation.wait(resolved);
        else if (attempt > 1) await operation.sleep(this.#pauseMs(attempt));
        try {
          const value = await this.#attempt(operation, work);
          place?.hold();
          return value;
        } catch (thrown) {
          if (!isMongoError(thrown, 'WriteConflict')) throw thrown;
          conflict = thrown;
        }
      }
    } finally {
      place?.leave();
    }
  }

  /** Some moment of chance, longer with each attempt. */
  #pauseMs(attempt: number): number {
    return this.#randomness.fraction() * Math.min(2 ** attempt / 4, backoffCapMs);
  }
}
