/**
 * One operation's hold of the event loop. While JavaScript runs nothing else does, so work of any length must look up now
 * and then. Between documents it can wait for its turn again (`pause`); within one, evaluation is a plain function and can
 * only end with an error. A watch counts what is done in steps, which costs a subtraction, and looks at the operation and
 * at the clock once in many of them.
 *
 *   step step … step │ look: interrupted? out of time? held for too long?   → throws
 *                    │ between documents: held for a slice?                  → pause() waits for other events
 *
 * A turn of the event loop begins, for a watch, with its first look in it, and is over as soon as other events ran, whoever
 * let them.
 */
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { type Clock, yieldToEvents } from './clock.ts';

/** Whoever is asked whether to go on. Throws Interrupted, MaxTimeMSExpired, … when not. */
export interface Interruptible {
  checkInterrupt(): void;
}

/** Steps from one look to the next. A step is up to about 100 ns of work. */
export const stepsBetweenLooks = 1024;

/** Bytes that are gone through in the time of a step. */
export const bytesPerStep = 64;

export class WorkWatch implements Interruptible {
  #interruptible: Interruptible;
  readonly #clock: Clock;
  readonly #longestMs: () => number;
  #stepsLeft = stepsBetweenLooks;
  #turnStartedMs: number | undefined;
  #hasLooked = false;

  /** `longestMs` is how long one turn may take before the operation fails (`internalQueryMaxHoldMS`); 0 is for ever. */
  constructor(interruptible: Interruptible, clock: Clock, longestMs: () => number) {
    this.#interruptible = interruptible;
    this.#clock = clock;
    this.#longestMs = longestMs;
  }

  /** From now on it is this operation that asks: each getMore of a cursor brings its own. */
  follow(interruptible: Interruptible): void {
    this.#interruptible = interruptible;
  }

  /** Throws what the operation's `checkInterrupt` throws, and Interrupted where the event loop was held for too long. */
  checkInterrupt(): void {
    this.#look();
  }

  /** Counts work; throws as `checkInterrupt` once in many steps. */
  step(count = 1): void {
    this.#stepsLeft -= count;
    if (this.#stepsLeft < 0) this.#look();
  }

  /** Whether a slice of time (`limits.sliceMs`) is over. Costs next to nothing where little was counted. */
  get isSliceOver(): boolean {
    if (!this.#hasLooked) return false;
    this.#hasLooked = false;
    return this.#turnStartedMs !== undefined && this.#clock.monotonicMs() - this.#turnStartedMs >= limits.sliceMs;
  }

  /** Between documents: a promise that resolves when other events had their turn, where the slice is over. */
  pause(): Promise<void> | undefined {
    return this.isSliceOver ? yieldToEvents() : undefined;
  }

  #look(): void {
    this.#stepsLeft = stepsBetweenLooks;
    this.#hasLooked = true;
    this.#interruptible.checkInterrupt();
    const nowMs = this.#clock.monotonicMs();
    if (this.#turnStartedMs === undefined) {
      this.#turnStartedMs = nowMs;
      void yieldToEvents().then(() => {
        this.#turnStartedMs = undefined;
      });
      return;
    }
    const longestMs = this.#longestMs();
    if (longestMs <= 0 || nowMs - this.#turnStartedMs <= longestMs) return;
    throw new MongoError(
      'Interrupted',
      `operation was interrupted: work on one document kept all others waiting for more than ${longestMs} ms (internalQueryMaxHoldMS)`,
    );
  }
}
