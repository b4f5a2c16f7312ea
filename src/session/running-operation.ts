import type { Timestamp } from '../bson/scalar.ts';
import type { Clock } from '../clock/clock.ts';
import type { MongoError } from '../error/mongo-error.ts';
import type { Operation } from './operation.ts';
import type { SessionFields } from './session-fields.ts';

/** An operation as this folder's own parts see it: with the hands that the gate and the storage accesses have on it. */
export interface RunningOperation extends Operation {
  readonly clock: Clock;
  readonly fields: SessionFields;
  retriedStatementIds: readonly number[];
  /** Cluster time that the write under way will have. */
  reservedAt: Timestamp | undefined;
  /** Cluster time of this operation's own last write. */
  writtenAt: Timestamp | undefined;
  /** How often it lost a write conflict and began again. */
  writeConflicts: number;
  /** A fail point wants the connection to end without an answer. */
  isHangingUp: boolean;
  /** Makes it stop at its next check, with this error. The first reason stays. */
  interrupt(reason: MongoError): void;
  /** Waits until `event` resolves or the operation has to stop; throws in the latter case. */
  wait<T>(event: Promise<T>): Promise<T | undefined>;
  /** As `wait`, but no longer than `timeoutMs`; answers whether the event came. */
  waitUpTo(event: Promise<unknown>, timeoutMs: number): Promise<boolean>;
  /** Waits for so much of the clock's time, or throws when the operation has to stop. */
  sleep(delayMs: number): Promise<void>;
  /** Keeps actions back until `releaseActions` or `dropActions`: a write is under way. */
  holdActions(): void;
  /** Keeps the action while a write is under way, else runs it. */
  takeAction(action: () => void): void;
  releaseActions(): void;
  dropActions(): void;
  /** Keeps the action for the end of the operation. */
  takeRelease(action: () => void): void;
}
