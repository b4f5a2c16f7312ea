/**
 * Rung 20 of the ladder and its counterpart on the way out: a command with a transaction number checks its session out,
 * begins or goes on with what the number stands for, and hands the session back. From a successful begin on, any failure
 * of the command aborts the transaction (reference 5.2, 7.2, 7.5).
 */
import type { Clock } from '../clock/clock.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { MaybePromise, StorageEngine } from '../storage/engine.ts';
import { compareTimes } from './causal-time.ts';
import type { CommitPoint } from './commit-point.ts';
import type { ConflictQueue } from './conflict-queue.ts';
import type { CursorKeeper } from './cursor-keeper.ts';
import type { LiveOperation } from './live-operation.ts';
import { chain } from './maybe-promise.ts';
import { RetryableAccess, type RetryableParts } from './retryable-access.ts';
import type { Session } from './session.ts';
import type { SessionCatalog } from './session-catalog.ts';
import { StatementHistory } from './statement-history.ts';
import { Transaction } from './transaction.ts';
import { type Decision, type Intent, transitions } from './transition.ts';
import { refusal } from './transition-refusal.ts';
import { durabilityOf } from './write-concern.ts';

export interface EntryOptions extends RetryableParts {
  readonly clock: Clock;
  readonly parameters: ParameterStore;
  readonly engine: StorageEngine;
  readonly catalog: SessionCatalog;
  readonly commitPoint: CommitPoint;
  readonly conflicts: ConflictQueue;
  readonly cursors: () => CursorKeeper;
  readonly shapeVersion: () => number;
}

export class StatementEntry {
  readonly #options: EntryOptions;

  constructor(options: EntryOptions) {
    this.#options = options;
  }

  /** Checks the session out and gives the operation its mode. Throws what the transition table says. */
  enter(operation: LiveOperation): MaybePromise<void> {
    const { catalog } = this.#options;
    invariant(operation.fields.lsid !== undefined, 'a transaction number comes with a session');
    const session = catalog.obtain(operation.fields.lsid);
    return chain(session.checkOut(operation), () => {
      operation.session = session;
      return chain(this.#load(session), () => this.#go(operation, session));
    });
  }

  /** Hands the session back; `failure` is why the command failed, in words, or undefined where it did not. */
  leave(operation: LiveOperation, failure: string | undefined): void {
    const { session } = operation;
    if (session === undefined) return;
    operation.session = undefined;
    const { state } = session;
    if (state.kind === 'inProgress' && operation.access === state.transaction) {
      state.transaction.endStatement();
      const reason = failure ?? state.transaction.doom;
      if (reason !== undefined) this.abort(session, reason);
    }
    session.checkIn(operation);
  }

  /** Ends the session's open transaction: now where it is idle, else with the statement that runs. */
  abortWhenIdle(session: Session, reason: string, interruption: () => MongoError): boolean {
    const { state, holder } = session;
    if (state.kind !== 'inProgress') return false;
    if (holder === undefined) {
      this.abort(session, reason);
    } else {
      state.transaction.doom ??= reason;
      holder.interrupt(interruption());
    }
    return true;
  }

  /** Commits the operation's transaction, or answers again for one that was committed before. */
  commit(operation: LiveOperation): MaybePromise<void> {
    const session = requireSession(operation);
    const { state } = session;
    if (state.kind === 'committed') {
      return durabilityOf(operation.writeConcern) === 'journaled' ? this.#options.commits.whenOnDisk() : undefined;
    }
    invariant(state.kind === 'inProgress', 'only an open transaction is committed');
    return this.#commit(operation, session, state.transaction);
  }

  /** Aborts the session's open transaction at once. */
  abort(session: Session, reason: string): void {
    const { state, id } = session;
    invariant(state.kind === 'inProgress', 'only an open transaction is aborted');
    const { transaction } = state;
    session.state = { kind: 'aborted', reason };
    this.#options.catalog.open.delete(session);
    this.#options.statistics.aborted++;
    transaction.abort();
    this.#options.cursors().killForTransaction(id, transaction.txnNumber, `its transaction was aborted: ${reason}`);
  }

  #load(session: Session): MaybePromise<void> {
    const { engine, histories } = this.#options;
    const isFresh = session.isLoaded && !engine.capabilities.sharedBetweenNodes;
    if (isFresh || session.state.kind === 'inProgress') return;
    return histories.load(session);
  }

  #go(operation: LiveOperation, session: Session): MaybePromise<void> {
    const txnNumber = operation.txnNumber as bigint;
    const intent = intentOf(operation);
    const situation = session.situation(txnNumber);
    const decision: Decision = transitions[intent][situation];
    switch (decision) {
      case 'beginRetryable':
        this.#supersede(session, txnNumber);
        session.state = { kind: 'retryableWrite', history: new StatementHistory() };
        this.#continueRetryable(operation, session);
        return;
      case 'beginTransaction':
        this.#checkStart(operation);
        this.#supersede(session, txnNumber);
        return this.#begin(operation, session);
      case 'proceed':
        if (intent === 'retryableWrite') this.#continueRetryable(operation, session);
        else continueTransaction(operation, session);
        return;
      case 'commitAgain':
        operation.mode = 'transaction';
        return;
      default:
        throw refusal(decision, session, txnNumber, situation);
    }
  }

  #supersede(session: Session, txnNumber: bigint): void {
    if (session.state.kind === 'inProgress') this.abort(session, `superseded by transaction number ${txnNumber}`);
    session.txnNumber = txnNumber;
  }

  #continueRetryable(operation: LiveOperation, session: Session): void {
    invariant(session.state.kind === 'retryableWrite', 'the number stands for a retryable write');
    operation.mode = 'retryable';
    operation.access = new RetryableAccess(this.#options, session, session.state.history);
  }

  #begin(operation: LiveOperation, session: Session): MaybePromise<void> {
    const { clock, parameters, engine, catalog, statistics } = this.#options;
    const owner = `transaction ${session.txnNumber} of session ${session.id.uuid}`;
    const transaction = new Transaction({
      clock,
      txnNumber: session.txnNumber,
      readConcern: operation.readConcern,
      apiParameters: apiParametersOf(operation),
      lifetimeMs: parameters.get('transactionLifetimeLimitSeconds') * 1000,
      isPatient: this.#isPatient,
      begin: () => engine.begin({ owner }),
      conflicts: this.#options.conflicts,
      shapeVersion: this.#options.shapeVersion,
    });
    session.state = { kind: 'inProgress', transaction };
    catalog.open.add(session);
    statistics.started++;
    operation.mode = 'transaction';
    operation.access = transaction;
    transaction.beginStatement(operation.client);
    return transaction.open();
  }

  /** Not where time stands still, and not where transactions are to wait for nothing at all. */
  get #isPatient(): boolean {
    const { clock, parameters } = this.#options;
    return clock.standsStill !== true && parameters.get('maxTransactionLockRequestTimeoutMillis') !== 0;
  }

  /** A transaction begins at the newest state; there are no versions to begin at an earlier one. */
  #checkStart({ readConcern: { atClusterTime } }: LiveOperation): void {
    if (atClusterTime === undefined || compareTimes(atClusterTime, this.#options.time.applied) >= 0) return;
    throw new MongoError('SnapshotTooOld', 'A transaction cannot begin at a cluster time before the newest write');
  }

  #commit(operation: LiveOperation, session: Session, transaction: Transaction): MaybePromise<void> {
    const { time, histories, statistics, clock, commitPoint } = this.#options;
    const store = transaction.requireStore();
    if (!transaction.hasWritten) {
      return chain(commitPoint.commit(store, 'visible'), () => this.#committed(session, transaction));
    }
    const reserved = time.reserve();
    const planned = histories.planCommit(session, { writtenAt: reserved, lastWriteMs: clock.nowMs() });
    const origin = { lsid: session.id, txnNumber: session.txnNumber };
    return chain(store.write(planned.writes), () =>
      chain(commitPoint.commit(store, durabilityOf(operation.writeConcern), reserved, origin), (writtenAt) => {
        invariant(writtenAt !== undefined, 'what was written has a time');
        planned.adopt();
        time.apply(writtenAt);
        operation.writtenAt = writtenAt;
        statistics.recordWrites++;
        this.#committed(session, transaction, writtenAt);
      }),
    );
  }

  #committed(session: Session, transaction: Transaction, at?: LiveOperation['writtenAt']): void {
    session.state = { kind: 'committed', at };
    this.#options.catalog.open.delete(session);
    this.#options.statistics.committed++;
    transaction.endStatement();
    transaction.committed();
    this.#options.cursors().killForTransaction(session.id, transaction.txnNumber, 'its transaction was committed');
  }
}

/** The session that a commit or abort has checked out; without one, the command came outside a transaction. */
export function requireSession(operation: LiveOperation): Session {
  if (operation.session !== undefined && operation.mode === 'transaction') return operation.session;
  throw new MongoError('CommandFailed', `${operation.commandName} must be run within a transaction`);
}

function intentOf({ fields, commandName }: LiveOperation): Intent {
  if (fields.autocommit === undefined) return 'retryableWrite';
  if (fields.startTransaction === true) return 'start';
  if (commandName === 'commitTransaction') return 'commit';
  return commandName === 'abortTransaction' ? 'abort' : 'continue';
}

function continueTransaction(operation: LiveOperation, session: Session): void {
  invariant(session.state.kind === 'inProgress', 'the number stands for an open transaction');
  const { transaction } = session.state;
  if (transaction.apiParameters !== apiParametersOf(operation)) {
    throw new MongoError(
      'APIMismatchError',
      `API parameter mismatch: ${operation.commandName} used params ${apiParametersOf(operation)}, ` +
        `the transaction's first command used ${transaction.apiParameters}`,
    );
  }
  operation.mode = 'transaction';
  operation.access = transaction;
  operation.readConcern = transaction.readConcern;
  transaction.beginStatement(operation.client);
}

function apiParametersOf({ fields }: LiveOperation): string {
  const { apiVersion, apiStrict, apiDeprecationErrors } = fields;
  if (apiVersion === undefined) return '{}';
  return `{ apiVersion: "${apiVersion}", apiStrict: ${apiStrict}, apiDeprecationErrors: ${apiDeprecationErrors} }`;
}
