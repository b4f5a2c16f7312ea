/** The operation behind the contract of `operation.ts`: what it may do is its access, how long it may run is kept here. */
import type { Right } from '../auth/resource.ts';
import type { Timestamp } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Clock, Timer } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { MaybePromise, StorageEngine, StorageTransaction } from '../storage/engine.ts';
import type { FailPoints } from './fail-points.ts';
import type { SessionId } from './logical-session-id.ts';
import { type Deferred, deferred } from './maybe-promise.ts';
import type { ClientConnection, OperationMode, StatementGroup } from './operation.ts';
import type { PlainAccess } from './plain-access.ts';
import type { ReadConcern } from './read-concern.ts';
import type { RunningOperation } from './running-operation.ts';
import type { Session } from './session.ts';
import type { SessionFields } from './session-fields.ts';
import { SnapshotAccess } from './snapshot-access.ts';
import type { PinnedTime, SnapshotHistory } from './snapshot-history.ts';
import type { StorageAccess } from './storage-access.ts';
import type { WriteConcern } from './write-concern.ts';

/** A command as the gate gets it. */
export interface GateRequest {
  /** Wire name as sent. */
  readonly name: string;
  readonly database: string;
  readonly body: BsonDocument;
  /** Documents of an OP_MSG section of kind 1 with this identifier, or undefined. */
  sequence(identifier: string): readonly BsonDocument[] | undefined;
}

/** What operations of one server share. */
export interface OperationEnvironment {
  readonly options: { readonly clock: Clock; readonly engine: StorageEngine };
  readonly plain: PlainAccess;
  readonly snapshots: SnapshotHistory;
  readonly failPoints: Pick<FailPoints, 'deadlineOf'>;
}

const noIds: readonly number[] = [];
const noRights: readonly Right[] = [];

export class LiveOperation implements RunningOperation {
  readonly id: number;
  readonly request: GateRequest;
  readonly client: ClientConnection;
  readonly fields: SessionFields;
  readonly clock: Clock;
  readonly startMs: number;
  readonly lsid: SessionId | undefined;
  mode: OperationMode = 'plain';
  readConcern: ReadConcern;
  writeConcern: WriteConcern;
  atClusterTime: Timestamp | undefined = undefined;
  retriedStatementIds: readonly number[] = noIds;
  writtenAt: Timestamp | undefined = undefined;
  reservedAt: Timestamp | undefined = undefined;
  /** The session that it has checked out. */
  session: Session | undefined = undefined;
  rights: readonly Right[] = noRights;
  /** Its neighbours in the registry. */
  older: LiveOperation | undefined = undefined;
  newer: LiveOperation | undefined = undefined;
  isHangingUp = false;
  /** Whether it came as far as a storage transaction of its own to write in. */
  hasTriedToWrite = false;
  writeConflicts = 0;
  /** How it reaches the store; the gate sets it once it knows the mode. */
  access: StorageAccess;
  readonly #environment: OperationEnvironment;
  #deadlineMs: number;
  #interruption: MongoError | undefined = undefined;
  #interrupted: Deferred<void> | undefined = undefined;
  #deadlineTimer: Timer | undefined = undefined;
  #afterCommit: (() => void)[] | undefined = undefined;
  #onRelease: (() => void)[] | undefined = undefined;

  constructor(
    id: number,
    request: GateRequest,
    client: ClientConnection,
    fields: SessionFields,
    lsid: SessionId | undefined,
    concerns: { readonly read: ReadConcern; readonly write: WriteConcern },
    environment: OperationEnvironment,
  ) {
    const { clock } = environment.options;
    this.id = id;
    this.request = request;
    this.client = client;
    this.fields = fields;
    this.lsid = lsid;
    this.clock = clock;
    this.startMs = clock.nowMs();
    this.readConcern = concerns.read;
    this.writeConcern = concerns.write;
    this.access = environment.plain;
    this.#environment = environment;
    this.#deadlineMs = fields.maxTimeMs === 0 ? Number.POSITIVE_INFINITY : this.#deadlineAfter(fields.maxTimeMs);
  }

  get commandName(): string {
    return this.request.name;
  }

  get database(): string {
    return this.request.database;
  }

  get txnNumber(): bigint | undefined {
    return this.fields.txnNumber;
  }

  get statementIds(): readonly number[] | undefined {
    return this.fields.statementIds;
  }

  get maxTimeMs(): number {
    return this.fields.maxTimeMs;
  }

  get shapeVersion(): number | undefined {
    return this.access.shapeVersion;
  }

  get comment(): Value | undefined {
    return this.fields.comment;
  }

  /** The error that ends it at its next check, once somebody interrupted it. */
  get interruption(): MongoError | undefined {
    return this.#interruption;
  }

  checkInterrupt(): void {
    if (this.#interruption !== undefined) throw this.#interruption;
    if (this.#deadlineMs !== Number.POSITIVE_INFINITY && this.clock.monotonicMs() >= this.#deadlineMs) {
      throw timeLimitExceeded();
    }
  }

  interrupt(reason: MongoError): void {
    if (this.#interruption !== undefined) return;
    this.#interruption = reason;
    this.#interrupted?.resolve(undefined);
  }

  whenInterrupted(): Promise<void> {
    if (this.#interruption !== undefined) return Promise.resolve();
    this.#interrupted ??= deferred<void>();
    const { promise } = this.#interrupted;
    if (this.#deadlineTimer === undefined && this.#deadlineMs !== Number.POSITIVE_INFINITY) {
      const leftMs = Math.max(this.#deadlineMs - this.clock.monotonicMs(), 0);
      // A timer may come a little early; from then on the time is over all the same.
      this.#deadlineTimer = this.clock.after(leftMs, () => this.interrupt(timeLimitExceeded()));
    }
    return promise;
  }

  get timeLeftMs(): number {
    return Math.max(this.#deadlineMs - this.clock.monotonicMs(), 0);
  }

  limitTime(limitMs: number): void {
    this.#stopTimer();
    this.#deadlineMs = this.#deadlineAfter(limitMs);
  }

  #deadlineAfter(limitMs: number): number {
    return this.#environment.failPoints.deadlineOf(this.clock.monotonicMs() + limitMs);
  }

  ignoreDeadline(): void {
    this.#stopTimer();
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  #stopTimer(): void {
    this.#deadlineTimer?.cancel();
    this.#deadlineTimer = undefined;
  }

  async wait<T>(event: Promise<T>): Promise<T | undefined> {
    const outcome = await Promise.race([event, this.whenInterrupted().then(() => undefined)]);
    this.checkInterrupt();
    return outcome;
  }

  async waitUpTo(event: Promise<unknown>, timeoutMs: number): Promise<boolean> {
    const timeout = deferred<false>();
    const timer = Number.isFinite(timeoutMs) ? this.clock.after(timeoutMs, () => timeout.resolve(false)) : undefined;
    try {
      return (await this.wait(Promise.race([event.then(() => true), timeout.promise]))) === true;
    } finally {
      timer?.cancel();
    }
  }

  async sleep(delayMs: number): Promise<void> {
    const { promise, resolve } = deferred<void>();
    const timer = this.clock.after(delayMs, () => resolve());
    try {
      await this.wait(promise);
    } finally {
      timer.cancel();
    }
  }

  /** Reads this state from now on, and hands out its time. */
  readSnapshot(pinned: PinnedTime): void {
    const { options, plain } = this.#environment;
    this.atClusterTime = pinned.time;
    this.access = new SnapshotAccess(options.engine, plain, pinned);
  }

  resumeSnapshot(atClusterTime: Timestamp): void {
    this.readSnapshot(this.#environment.snapshots.require(atClusterTime));
  }

  read<T>(work: (transaction: StorageTransaction) => MaybePromise<T>): MaybePromise<T> {
    return this.access.read(this, work);
  }

  write<T>(work: (transaction: StorageTransaction) => MaybePromise<T>): MaybePromise<T> {
    this.hasTriedToWrite = true;
    return this.access.write(this, work);
  }

  runStatements<T>(group: StatementGroup<T>): MaybePromise<T[]> {
    this.hasTriedToWrite = true;
    return this.access.runStatements(this, group);
  }

  afterCommit(action: () => void): void {
    this.access.afterCommit(this, action);
  }

  onRelease(action: () => void): void {
    this.access.onRelease(this, action);
  }

  takeRelease(action: () => void): void {
    this.#onRelease ??= [];
    this.#onRelease.push(action);
  }

  holdActions(): void {
    this.#afterCommit = [];
  }

  takeAction(action: () => void): void {
    if (this.#afterCommit === undefined) action();
    else this.#afterCommit.push(action);
  }

  releaseActions(): void {
    const actions = this.#afterCommit;
    this.#afterCommit = undefined;
    if (actions !== undefined) for (const action of actions) action();
  }

  dropActions(): void {
    this.#afterCommit = undefined;
  }

  /** The operation is over: lets go of what it holds. */
  close(): void {
    this.#deadlineTimer?.cancel();
    if (this.#onRelease !== undefined) for (const action of this.#onRelease) action();
  }
}

function timeLimitExceeded(): MongoError {
  return new MongoError('MaxTimeMSExpired', 'operation exceeded time limit');
}
