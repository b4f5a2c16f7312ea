/**
 * An open multi-document transaction: one storage transaction that outlives its statements, and what has to happen when
 * it ends. Whether a command may go on with it is decided by `transition.ts`; this file keeps and ends it.
 */

import type { Clock } from '../clock/clock.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import type { MaybePromise, StorageTransaction } from '../storage/engine.ts';
import type { ConflictQueue, Place } from './conflict-queue.ts';
import { chain, settle } from './maybe-promise.ts';
import type { ClientConnection, StatementGroup } from './operation.ts';
import type { ReadConcern } from './read-concern.ts';
import type { RunningOperation } from './running-operation.ts';
import { allIndexes, type StorageAccess, type StorageWork } from './storage-access.ts';
import { WatchedTransaction } from './watched-transaction.ts';

/** Longest time that a transaction's first write waits for its turn, in milliseconds, however the line before it moves on. */
const longestPatienceMs = 10_000;

/** Stable API parameters as one comparable string; every statement of a transaction has to bring the same. */
export type ApiParameters = string;

export interface TransactionOptions {
  readonly clock: Clock;
  readonly txnNumber: bigint;
  readonly readConcern: ReadConcern;
  readonly apiParameters: ApiParameters;
  /** How long it may stay open, in milliseconds. */
  readonly lifetimeMs: number;
  /** Whether its first write, when it loses a conflict, waits and begins again. */
  readonly isPatient: boolean;
  readonly conflicts: ConflictQueue;
  /** Begins a storage transaction on the newest state. */
  begin(): MaybePromise<StorageTransaction>;
  /** Number of the newest committed change of collections and indexes. */
  shapeVersion(): number;
}

export class Transaction implements StorageAccess {
  readonly txnNumber: bigint;
  readonly readConcern: ReadConcern;
  readonly apiParameters: ApiParameters;
  readonly startMs: number;
  readonly expiryMs: number;
  /** The connection that its newest statement came on. */
  lastClient: ClientConnection | undefined = undefined;
  /** Set when somebody wants it gone while a statement runs: it ends with that statement, for this reason. */
  doom: string | undefined = undefined;
  shapeVersion: number;
  readonly #options: TransactionOptions;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #deadlineMs: number;
  #store: WatchedTransaction | undefined = undefined;
  #activeSinceMs: number | undefined = undefined;
  #activeMs = 0;
  readonly #afterCommit: (() => void)[] = [];
  readonly #onRelease: (() => void)[] = [];

  constructor(options: TransactionOptions) {
    const { clock, lifetimeMs } = options;
    this.#options = options;
    this.#clock = clock;
    this.txnNumber = options.txnNumber;
    this.readConcern = options.readConcern;
    this.apiParameters = options.apiParameters;
    this.startMs = clock.nowMs();
    this.expiryMs = this.startMs + lifetimeMs;
    this.shapeVersion = options.shapeVersion();
    this.#startedMs = clock.monotonicMs();
    this.#deadlineMs = this.#startedMs + lifetimeMs;
  }

  /** Takes the snapshot that all its statements read. To be called before the first. */
  open(): MaybePromise<void> {
    this.shapeVersion = this.#options.shapeVersion();
    return chain(this.#options.begin(), (store) => {
      this.#store = new WatchedTransaction(store);
    });
  }

  get hasWritten(): boolean {
    return this.#store?.hasWritten === true;
  }

  get isExpired(): boolean {
    return this.#clock.monotonicMs() >= this.#deadlineMs;
  }

  /** Time since it began and the part of it in which statements ran, in microseconds. */
  get times(): { readonly openMicros: number; readonly activeMicros: number } {
    const nowMs = this.#clock.monotonicMs();
    const runningMs = this.#activeSinceMs === undefined ? 0 : nowMs - this.#activeSinceMs;
    return {
      openMicros: Math.round((nowMs - this.#startedMs) * 1000),
      activeMicros: Math.round((this.#activeMs + runningMs) * 1000),
    };
  }

  get isActive(): boolean {
    return this.#activeSinceMs !== undefined;
  }

  /** A statement begins; `endStatement` is to follow. */
  beginStatement(client: ClientConnection): void {
    this.lastClient = client;
    this.#activeSinceMs = this.#clock.monotonicMs();
  }

  endStatement(): void {
    if (this.#activeSinceMs === undefined) return;
    this.#activeMs += this.#clock.monotonicMs() - this.#activeSinceMs;
    this.#activeSinceMs = undefined;
  }

  read<T>(_operation: RunningOperation, work: StorageWork<T>): MaybePromise<T> {
    return work(this.requireStore());
  }

  write<T>(operation: RunningOperation, work: StorageWork<T>): MaybePromise<T> {
    const store = this.requireStore();
    const wasTouched = store.isTouched;
    const actions = this.#actions;
    return settle(
      () => this.#attempt(store, work),
      (value) => value,
      (thrown) => {
        // What hangs on the first attempt outside the store could not be taken back.
        if (!this.#options.isPatient || wasTouched || this.#actions > actions) throw thrown;
        if (!isMongoError(thrown, 'WriteConflict')) throw thrown;
        return this.#writeAnew(operation, store, work, thrown);
      },
    );
  }

  #attempt<T>(store: WatchedTransaction, work: StorageWork<T>): MaybePromise<T> {
    return chain(work(store), (value) => {
      if (store.bytes <= limits.transactionBytes) return value;
      throw new MongoError(
        'TransactionTooLarge',
        `Total size of all transaction operations must be less than ${limits.transactionBytes}. ` +
          `Actual size is ${store.bytes}`,
      );
    });
  }

  /**
   * A write that lost before its transaction had seen anything waits for its turn and begins again on a newer snapshot,
   * which nobody can tell from having come later. It holds no record meanwhile, so nobody can wait for it in turn.
   * Otherwise many clients at one document would mostly abort and come back.
   */
  async #writeAnew<T>(
    operation: RunningOperation,
    store: WatchedTransaction,
    work: StorageWork<T>,
    first: MongoError,
  ): Promise<T> {
    // Its snapshot is of no use any more, and others had to keep what has changed since.
    store.abort();
    const endMs = this.#clock.monotonicMs() + longestPatienceMs;
    const actions = this.#actions;
    let place: Place | undefined;
    try {
      for (let conflict = first; ; ) {
        const { contested } = conflict.details;
        if (contested !== place?.contested) {
          place?.leave();
          place = contested === undefined ? undefined : this.#options.conflicts.join(contested, true);
        }
        if (place === undefined || !(await this.#waitForTurn(operation, conflict, place, endMs))) throw conflict;
        operation.writeConflicts++;
        this.shapeVersion = this.#options.shapeVersion();
        store.restart(await this.#options.begin());
        store.watch(contested);
        try {
          const value = await this.#attempt(store, work);
          if (store.hasWrittenWatched) {
            this.#keep(operation, place);
            place = undefined;
          }
          return value;
        } catch (thrown) {
          if (this.#actions > actions || !isMongoError(thrown, 'WriteConflict')) throw thrown;
          conflict = thrown;
        }
      }
    } finally {
      store.watch(undefined);
      // Who has not written after all what the line is for lets the others through at once.
      place?.leave();
    }
  }

  /** Those behind wait until this transaction ends. */
  #keep(operation: RunningOperation, place: Place): void {
    place.hold();
    this.onRelease(operation, () => place.leave());
  }

  /** Waits for those before, and then for the winner itself. Answers false where it is to wait no longer. */
  async #waitForTurn(
    operation: RunningOperation,
    { details: { resolved } }: MongoError,
    place: Place,
    endMs: number,
  ): Promise<boolean> {
    let isMyTurn = false;
    const mine = place.turn
      .then(() => resolved)
      .then(() => {
        isMyTurn = true;
      });
    await operation.waitUpTo(Promise.race([mine, place.dismissed]), endMs - this.#clock.monotonicMs());
    return isMyTurn;
  }

  get #actions(): number {
    return this.#afterCommit.length + this.#onRelease.length;
  }

  runStatements<T>(operation: RunningOperation, group: StatementGroup<T>): MaybePromise<T[]> {
    return this.write(operation, (store) => group.run(store, allIndexes(group)));
  }

  afterCommit(_operation: RunningOperation, action: () => void): void {
    this.#afterCommit.push(action);
  }

  onRelease(_operation: RunningOperation, action: () => void): void {
    this.#onRelease.push(action);
  }

  requireStore(): WatchedTransaction {
    if (this.#store !== undefined) return this.#store;
    throw new MongoError(
      'NoSuchTransaction',
      `Transaction ${this.txnNumber} has no snapshot: its first statement failed`,
    );
  }

  /** Its writes are visible: tells those who wait for that, then lets go of what it holds. */
  committed(): void {
    for (const action of this.#afterCommit) action();
    this.#release();
  }

  /** Drops its writes and lets go of what it holds. */
  abort(): void {
    this.#store?.abort();
    this.#release();
  }

  #release(): void {
    this.#store = undefined;
    for (const action of this.#onRelease.splice(0)) action();
  }
}
