/**
 * Those who lost a write conflict and come again, in a line for each record that is fought over: at the winner's end not
 * all of them run again to lose all but one.
 *
 *   record ─ first: its turn is there, it waits for the holder's end and holds the record in turn ─ second ─ third …
 *                 └─ leaves when it has ended, or gives up ──► the second's turn
 *
 * Nobody keeps a place in one line while waiting in another, and who waits for a turn holds no record: so nobody waits
 * for one who waits for them.
 *
 * Plain writes wait as long as they may. Transactions could fail instead, and now and then they must: where a client has
 * as many of them waiting as it has connections, the one that holds the record finds none to commit on. So a line that
 * has not moved for a moment sends half of them away, the last first, and admits no more than are left; while it moves,
 * it admits more again, bit by bit. It finds the length that the clients can bear, as a network finds its speed; and
 * what a moment is, from how long those before have taken.
 */
import type { Clock, Timer } from '../clock/clock.ts';
import { type Deferred, deferred } from './maybe-promise.ts';

/** How long a line may stand still before it sends some away: so many times what those before have taken, within these. */
const patience = { paces: 8, leastMs: 20, mostMs: 200 } as const;
/** How long one is taken to take before anybody has. */
const firstPaceMs = 5;
/** After so many that were done one more is admitted. */
const movesPerPlace = 8;

export interface Place {
  /** What is fought over. */
  readonly contested: string;
  /** Resolves when nobody is before one any more. */
  readonly turn: Promise<void>;
  /** Resolves when one is to wait no longer. */
  readonly dismissed: Promise<void>;
  /** One has what one came for. */
  hold(): void;
  /** Lets those behind come nearer. A second time it does nothing. */
  leave(): void;
}

interface Entry {
  readonly turn: Deferred<void>;
  /** Absent for those who wait whatever happens. */
  readonly dismissed: Deferred<void> | undefined;
  isHolding: boolean;
}

/** Time from one's turn to the next one's, as it has been lately. */
interface Pace {
  ms: number;
}

const never = new Promise<void>(() => undefined);

export class ConflictQueue {
  readonly #clock: Clock;
  readonly #lines = new Map<string, Line>();
  readonly #pace: Pace = { ms: firstPaceMs };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The last place in the line for a record; undefined where one could fail instead (`canFail`) and the line admits
   * nobody who could.
   */
  join(contested: string, canFail: boolean): Place | undefined {
    let line = this.#lines.get(contested);
    if (line === undefined) {
      line = new Line(this.#clock, this.#pace, () => this.#lines.delete(contested));
      this.#lines.set(contested, line);
    }
    return line.join(contested, canFail);
  }

  /** Number of records that somebody waits for. */
  get size(): number {
    return this.#lines.size;
  }
}

class Line {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #onEmpty: () => void;
  /** In the order of their coming. */
  readonly #entries = new Set<Entry>();
  /** How many that can fail may wait. */
  #limit = Number.POSITIVE_INFINITY;
  #moves = 0;
  #movedMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, pace: Pace, onEmpty: () => void) {
    this.#clock = clock;
    this.#pace = pace;
    this.#onEmpty = onEmpty;
  }

  join(contested: string, canFail: boolean): Place | undefined {
    if (canFail && this.#dismissible().length >= this.#limit) return undefined;
    const entry: Entry = {
      turn: deferred<void>(),
      dismissed: canFail ? deferred<void>() : undefined,
      isHolding: false,
    };
    this.#entries.add(entry);
    if (this.#entries.size === 1) entry.turn.resolve();
    if (canFail && this.#timer === undefined) this.#watch();
    return {
      contested,
      turn: entry.turn.promise,
      dismissed: entry.dismissed?.promise ?? never,
      hold: () => {
        entry.isHolding = true;
        this.#learn();
        this.#moved();
      },
      leave: () => this.#leave(entry),
    };
  }

  #leave(entry: Entry): void {
    if (!this.#entries.delete(entry)) return;
    if (entry.isHolding) this.#moved();
    for (const first of this.#entries) {
      first.turn.resolve();
      return;
    }
    this.#timer?.cancel();
    this.#onEmpty();
  }

  #learn(): void {
    const tookMs = this.#clock.monotonicMs() - this.#movedMs;
    if (this.#moves > 0 && tookMs < patience.mostMs) this.#pace.ms += (tookMs - this.#pace.ms) / 8;
  }

  get #stallMs(): number {
    return Math.min(Math.max(this.#pace.ms * patience.paces, patience.leastMs), patience.mostMs);
  }

  #moved(): void {
    this.#movedMs = this.#clock.monotonicMs();
    if (++this.#moves % movesPerPlace === 0) this.#limit++;
  }

  #dismissible(): Entry[] {
    return [...this.#entries].filter(({ dismissed, isHolding }) => dismissed !== undefined && !isHolding);
  }

  #watch(): void {
    this.#movedMs = this.#clock.monotonicMs();
    const look = (delayMs: number): void => {
      this.#timer = this.#clock.after(delayMs, () => {
        this.#timer = undefined;
        const waiting = this.#dismissible();
        if (waiting.length === 0) return;
        const stoodMs = this.#clock.monotonicMs() - this.#movedMs;
        // A timer may come a little early.
        const leftMs = this.#stallMs - stoodMs;
        if (leftMs <= 1) this.#dismiss(waiting);
        look(leftMs <= 1 ? this.#stallMs : leftMs);
      });
    };
    look(this.#stallMs);
  }

  #dismiss(waiting: readonly Entry[]): void {
    this.#limit = Math.floor(waiting.length / 2);
    for (const entry of waiting.slice(this.#limit)) {
      entry.dismissed?.resolve();
      this.#leave(entry);
    }
    this.#movedMs = this.#clock.monotonicMs();
  }
}
