/** Counting outcomes by area. What was not run is not counted. */

export type Outcome =
  | { readonly status: 'passed' }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'skipped'; readonly reason: string };

export const passed: Outcome = { status: 'passed' };

export function failed(reason: string): Outcome {
  return { status: 'failed', reason };
}

export function skipped(reason: string): Outcome {
  return { status: 'skipped', reason };
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** A case that did not pass, and why. */
export interface Remark {
  readonly id: string;
  readonly area: string;
  readonly reason: string;
}

/** How long a case took. */
export interface Duration {
  readonly id: string;
  readonly durationMs: number;
}

export class Tally {
  readonly total: Counts = { passed: 0, failed: 0, skipped: 0 };
  readonly areas = new Map<string, Counts>();
  readonly failures: Remark[] = [];
  readonly skips: Remark[] = [];
  readonly #durations: Duration[] = [];

  /** Runs the case `id`, which must be unique, and counts its outcome. */
  async time(area: string, id: string, run: () => Promise<Outcome>): Promise<void> {
    const startMs = performance.now();
    this.add(area, id, await run());
    this.#durations.push({ id, durationMs: Math.round(performance.now() - startMs) });
  }

  /** The cases that took longest, the slowest first. */
  slowest(count: number): Duration[] {
    return this.#durations.toSorted((left, right) => right.durationMs - left.durationMs).slice(0, count);
  }

  /** Counts the outcome of the case `id`, which must be unique. */
  add(area: string, id: string, outcome: Outcome): void {
    const counts = this.areas.get(area) ?? { passed: 0, failed: 0, skipped: 0 };
    this.areas.set(area, counts);
    counts[outcome.status] += 1;
    this.total[outcome.status] += 1;
    if (outcome.status === 'failed') this.failures.push({ id, area, reason: outcome.reason });
    if (outcome.status === 'skipped') this.skips.push({ id, area, reason: outcome.reason });
  }
}

/** In order of their ids: what runs beside each other ends in any order. */
export function sortRemarks(remarks: readonly Remark[]): Remark[] {
  return remarks.toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

/** The last line of every run. */
export function summaryLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
