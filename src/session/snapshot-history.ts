/**
 * States of the store that were handed out as `atClusterTime` and stay readable for the history window (reference 8.6).
 * There are no versions to go back to: a state is pinned when a snapshot read asks for "now", so a time can be read again
 * exactly when it was handed out, or when nothing was written since.
 *
 *   pinned at  t1 ── t2 ─────── t3 ═══ applied         t2 again: its pin · from applied on: a new pin · else: SnapshotTooOld
 */
import type { Timestamp } from '../bson/scalar.ts';
import type { Clock } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { MaybePromise, Snapshot, StorageEngine } from '../storage/engine.ts';
import { type CausalTime, compareTimes } from './causal-time.ts';
import { chain } from './maybe-promise.ts';

/** Pins that are kept even while the window would keep more: each holds back the space of what was overwritten since. */
const mostPins = 1000;

export interface PinnedTime {
  readonly time: Timestamp;
  readonly snapshot: Snapshot;
  /** The newest change of collections and indexes that it contains. */
  readonly shapeVersion: number;
}

export interface SnapshotHistoryOptions {
  readonly engine: StorageEngine;
  readonly clock: Clock;
  readonly time: CausalTime;
  readonly parameters: ParameterStore;
  readonly shapeVersion: () => number;
}

interface Pin extends PinnedTime {
  readonly pinnedMs: number;
  /** Commits of the engine before it. */
  readonly commits: number;
}

export class SnapshotHistory {
  readonly #engine: StorageEngine;
  readonly #clock: Clock;
  readonly #time: CausalTime;
  readonly #parameters: ParameterStore;
  readonly #shapeVersion: () => number;
  /** Oldest first. */
  #pins: Pin[] = [];

  constructor({ engine, clock, time, parameters, shapeVersion }: SnapshotHistoryOptions) {
    this.#engine = engine;
    this.#clock = clock;
    this.#time = time;
    this.#parameters = parameters;
    this.#shapeVersion = shapeVersion;
  }

  get size(): number {
    return this.#pins.length;
  }

  /** The newest state, under the time that a later read finds it by. */
  now(): MaybePromise<PinnedTime> {
    const newest = this.#pins.at(-1);
    if (newest === undefined || compareTimes(newest.time, this.#time.applied) < 0) return this.#pin(this.#time.applied);
    // Jobs of the server write without a cluster time; what they did gets one here.
    return newest.commits === this.#engine.statistics().commits ? newest : this.#pin(this.#time.tick());
  }

  /** The state at a time that was handed out, or at one that nothing was written since. @throws SnapshotTooOld. */
  at(time: Timestamp): MaybePromise<PinnedTime> {
    const found = this.find(time);
    if (found !== undefined) return found;
    if (compareTimes(time, this.#time.applied) >= 0) return this.#pin(time);
    throw this.#tooOld(time);
  }

  /** The state that was handed out under exactly this time. */
  find(time: Timestamp): PinnedTime | undefined {
    return this.#pins.find((pin) => compareTimes(pin.time, time) === 0);
  }

  /** As `find`, but throws SnapshotTooOld where the state is gone. */
  require(time: Timestamp): PinnedTime {
    const found = this.find(time);
    if (found === undefined) throw this.#tooOld(time);
    return found;
  }

  /** Lets go of what is older than the window. */
  releaseOld(): void {
    const windowMs = this.#parameters.get('minSnapshotHistoryWindowInSeconds') * 1000;
    const oldestMs = this.#clock.monotonicMs() - windowMs;
    while (this.#pins.length > 0 && ((this.#pins[0] as Pin).pinnedMs < oldestMs || this.#pins.length > mostPins)) {
      this.#pins.shift()?.snapshot.release();
    }
  }

  releaseAll(): void {
    for (const pin of this.#pins.splice(0)) pin.snapshot.release();
  }

  #pin(time: Timestamp): MaybePromise<PinnedTime> {
    const shapeVersion = this.#shapeVersion();
    return chain(this.#engine.pin(), (snapshot) => {
      const pinnedMs = this.#clock.monotonicMs();
      const pin = { time, snapshot, shapeVersion, pinnedMs, commits: this.#engine.statistics().commits };
      this.#pins.push(pin);
      this.releaseOld();
      return pin;
    });
  }

  #tooOld(time: Timestamp): MongoError {
    const oldest = this.#pins[0]?.time ?? this.#time.applied;
    return new MongoError(
      'SnapshotTooOld',
      `Read timestamp Timestamp(${time.high >>> 0}, ${time.low >>> 0}) is not kept; the oldest that is kept is ` +
        `Timestamp(${oldest.high >>> 0}, ${oldest.low >>> 0})`,
    );
  }
}
