import type { Clock, Timer } from './clock.ts';

interface Scheduled {
  dueMs: number;
  readonly periodMs: number | undefined;
  readonly action: () => void;
}

/** A clock that stands still until it is told to move. For tests, ours and our users'. */
export class ManualClock implements Clock {
  readonly standsStill: boolean = true;
  #nowMs: number;
  #elapsedMs = 0;
  readonly #scheduled = new Set<Scheduled>();

  /** Starts at the given wall time in milliseconds since 1970; default 2024-01-01T00:00:00Z. */
  constructor(startMs = Date.UTC(2024, 0, 1)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, action: () => void): Timer {
    return this.#schedule({ dueMs: this.#elapsedMs + delayMs, periodMs: undefined, action });
  }

  every(periodMs: number, action: () => void): Timer {
    return this.#schedule({ dueMs: this.#elapsedMs + periodMs, periodMs, action });
  }

  /** Moves time forward and runs what falls due on the way, in order of time. */
  advance(byMs: number): void {
    const targetMs = this.#elapsedMs + byMs;
    for (let next = this.#nextDue(targetMs); next !== undefined; next = this.#nextDue(targetMs)) {
      this.#moveTo(Math.max(next.dueMs, this.#elapsedMs));
      if (next.periodMs === undefined) this.#scheduled.delete(next);
      else next.dueMs += Math.max(next.periodMs, 1);
      next.action();
    }
    this.#moveTo(targetMs);
  }

  #moveTo(elapsedMs: number): void {
    this.#nowMs += elapsedMs - this.#elapsedMs;
    this.#elapsedMs = elapsedMs;
  }

  #schedule(entry: Scheduled): Timer {
    this.#scheduled.add(entry);
    return { cancel: () => this.#scheduled.delete(entry) };
  }

  #nextDue(targetMs: number): Scheduled | undefined {
    let next: Scheduled | undefined;
    for (const entry of this.#scheduled) {
      if (entry.dueMs <= targetMs && (next === undefined || entry.dueMs < next.dueMs)) next = entry;
    }
    return next;
  }
}
