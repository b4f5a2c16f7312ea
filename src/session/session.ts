/**
 * What a session is in: its active transaction number and what that number stands for. Only commands with a transaction
 * number come here, one at a time: they check the session out, and others queue behind them. Commands with a bare lsid
 * neither wait nor are waited for (reference 5.2, last lines).
 */

import type { Timestamp } from '../bson/scalar.ts';
import { invariant } from '../error/invariant.ts';
import type { MaybePromise } from '../storage/engine.ts';
import type { SessionId } from './logical-session-id.ts';
import type { RunningOperation } from './running-operation.ts';
import type { StatementHistory } from './statement-history.ts';
import type { Transaction } from './transaction.ts';
import type { Situation } from './transition.ts';

export type SessionState =
  /** No number was ever used. */
  | { readonly kind: 'fresh' }
  | { readonly kind: 'retryableWrite'; readonly history: StatementHistory }
  | { readonly kind: 'inProgress'; readonly transaction: Transaction }
  /** `at` is the cluster time of the commit; undefined where the transaction only read. */
  | { readonly kind: 'committed'; readonly at: Timestamp | undefined }
  | { readonly kind: 'aborted'; readonly reason: string };

const fresh: SessionState = { kind: 'fresh' };

export class Session {
  readonly id: SessionId;
  /** The highest transaction number seen; -1 before the first. */
  txnNumber = -1n;
  state: SessionState = fresh;
  /** Whether the durable record was read and the fields above go on from it. */
  isLoaded = false;
  /** Transaction number of the durable record, and how many detail records it owns; -1 and 0 where there is none. */
  durableNumber = -1n;
  detailRecords = 0;
  lastCheckoutMs = 0;
  #holder: RunningOperation | undefined = undefined;
  #waiting: (() => void)[] | undefined = undefined;

  constructor(id: SessionId) {
    this.id = id;
  }

  /** The operation that has the session checked out. */
  get holder(): RunningOperation | undefined {
    return this.#holder;
  }

  /** Whether an operation has it or waits for it. */
  get isInUse(): boolean {
    return this.#holder !== undefined || (this.#waiting !== undefined && this.#waiting.length > 0);
  }

  /** There is no durable record: the session begins anew. */
  reset(): void {
    this.txnNumber = -1n;
    this.state = fresh;
    this.durableNumber = -1n;
    this.detailRecords = 0;
    this.isLoaded = true;
  }

  /** Whether the durable record says all that this object says, so that it can be let go and read again. */
  get isDurable(): boolean {
    if (this.isInUse) return false;
    const { kind } = this.state;
    if (kind === 'fresh') return true;
    return (kind === 'retryableWrite' || kind === 'committed') && this.durableNumber === this.txnNumber;
  }

  /** Gives the session to the operation, behind those who came before. Throws what ends the operation while it waits. */
  checkOut(operation: RunningOperation): MaybePromise<void> {
    if (!this.isInUse) {
      this.#hold(operation);
      return;
    }
    return this.#wait(operation);
  }

  /** Takes the session back and hands it to the next. */
  checkIn(operation: RunningOperation): void {
    invariant(this.#holder === operation, 'a session is checked in by its holder');
    this.#holder = undefined;
    this.#waiting?.[0]?.();
  }

  /** Where a command that brings this number finds the session (`transition.ts`). */
  situation(txnNumber: bigint): Situation {
    if (txnNumber < this.txnNumber) return 'older';
    if (txnNumber > this.txnNumber || this.state.kind === 'fresh') return 'newer';
    return this.state.kind;
  }

  async #wait(operation: RunningOperation): Promise<void> {
    this.#waiting ??= [];
    const waiting = this.#waiting;
    let turn: () => void = () => undefined;
    const myTurn = new Promise<void>((resolve) => {
      turn = resolve;
      waiting.push(turn);
    });
    try {
      await operation.wait(myTurn);
    } catch (thrown) {
      const position = waiting.indexOf(turn);
      waiting.splice(position, 1);
      if (position === 0 && this.#holder === undefined) waiting[0]?.();
      throw thrown;
    }
    waiting.shift();
    this.#hold(operation);
  }

  #hold(operation: RunningOperation): void {
    this.#holder = operation;
    this.lastCheckoutMs = operation.startMs;
  }
}
