import type { Clock } from '../clock/clock.ts';

/** How often a job ran, when last, for how long and with what counts. */
export class JobStatistics<Count extends string> {
  readonly #clock: Clock;
  jobCount = 0;
  lastDurationMs = 0;
  /** Start of the last run; before the first, when the process began to count. */
  lastStartMs: number;
  last: Readonly<Record<Count, number>>;

  constructor(clock: Clock, zero: Readonly<Record<Count, number>>) {
    this.#clock = clock;
    this.lastStartMs = clock.nowMs();
    this.last = zero;
  }

  /** A run begins; the answer is to be called with its counts at its end. A run that fails leaves the old counts. */
  begin(): (counts: Readonly<Record<Count, number>>) => void {
    const startedMs = this.#clock.monotonicMs();
    this.jobCount++;
    this.lastStartMs = this.#clock.nowMs();
    return (counts) => {
      this.last = counts;
      this.lastDurationMs = Math.round(this.#clock.monotonicMs() - startedMs);
    };
  }
}

/** The elements in arrays of at most `size`. */
export function* batches<T>(elements: Iterable<T>, size: number): IterableIterator<T[]> {
  let batch: T[] = [];
  for (const element of elements) {
    batch.push(element);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
