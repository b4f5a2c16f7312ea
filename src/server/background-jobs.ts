/** What a server does unasked, again and again: one run of each job at a time, and none after the stop. */
import type { Clock, Timer } from '../clock/clock.ts';
import type { Log } from '../log.ts';

export interface BackgroundJob {
  /** What it does, for the log. */
  readonly name: string;
  /** From the begin of one run to the next; asked every second, so that a parameter may change it. */
  readonly periodMs: () => number;
  run(): void | Promise<void>;
}

const checkMs = 1000;

/** A job and where it stands. A run that falls due while another is under way follows it at once. */
interface Scheduled {
  readonly job: BackgroundJob;
  begunMs: number;
  running: Promise<void> | undefined;
  isDueAgain: boolean;
}

export class BackgroundJobs {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #jobs: readonly Scheduled[];
  #timer: Timer | undefined = undefined;

  constructor(clock: Clock, log: Log, jobs: readonly BackgroundJob[]) {
    this.#clock = clock;
    this.#log = log;
    this.#jobs = jobs.map((job) => ({ job, begunMs: 0, running: undefined, isDueAgain: false }));
  }

  /** Begins to wait; the first runs come after a whole period. */
  start(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const entry of this.#jobs) entry.begunMs = nowMs;
    this.#timer = this.#clock.every(checkMs, () => this.#check());
  }

  /** Starts no further run and resolves when those that are under way have ended. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await Promise.all(this.#jobs.map((entry) => entry.running));
  }

  #check(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const entry of this.#jobs) {
      if (nowMs - entry.begunMs < entry.job.periodMs()) continue;
      if (entry.running === undefined) this.#begin(entry);
      else entry.isDueAgain = true;
    }
  }

  #begin(entry: Scheduled): void {
    entry.begunMs = this.#clock.monotonicMs();
    entry.isDueAgain = false;
    entry.running = this.#run(entry.job).finally(() => {
      entry.running = undefined;
      if (entry.isDueAgain && this.#timer !== undefined) this.#begin(entry);
    });
  }

  async #run({ name, run }: BackgroundJob): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#log.warn({ error }, `${name} failed; it is tried again`);
    }
  }
}
