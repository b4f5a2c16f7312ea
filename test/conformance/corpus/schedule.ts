/**
 * Which case runs when. Files run beside each other, the cases of a file in order; cases that touch server-wide
 * state wait until all others have run, and then run alone.
 */
import type { Deployment } from '../deployment.ts';
import { failed, type Outcome, Tally } from '../tally.ts';
import { type Case, countedArea, readCases } from './case-file.ts';
import { runCase } from './case-run.ts';
import { firstAddress, WireClient } from './wire-client.ts';

/** Enough to keep the server busy while others wait for an answer. */
const workerCount = 8;

export interface CorpusRun {
  readonly tally: Tally;
  /** One line for each death of a server: what ran then, and how it ended. */
  readonly deaths: string[];
}

export interface Selection {
  readonly folder: string;
  readonly areas: readonly string[];
  /** Whether to run this case. */
  readonly accepts: (id: string, testCase: Case) => boolean;
  /** Told after each case how many have run. */
  readonly onProgress?: (count: number) => void;
}

/** Runs the selected cases. Rejects only when the deployment is lost: it is gone and cannot be started anew. */
export async function runCorpus(deployment: Deployment, selection: Selection): Promise<CorpusRun> {
  const schedule = new Schedule(deployment, selection);
  await schedule.runBeside(selection.areas);
  await schedule.runAlone(selection.areas);
  return schedule;
}

class Schedule implements CorpusRun {
  readonly tally = new Tally();
  readonly deaths: string[] = [];
  #deployment: Deployment;
  #selection: Selection;
  /** What runs at this moment. */
  #inFlight = new Set<string>();
  #knownRestarts = 0;
  #count = 0;

  constructor(deployment: Deployment, selection: Selection) {
    this.#deployment = deployment;
    this.#selection = selection;
  }

  async runBeside(areas: readonly string[]): Promise<void> {
    const queue = [...areas];
    const workers = Array.from({ length: workerCount }, async () => {
      const worker = new Worker(this.#deployment, () => this.#noteDeath());
      for (let area = queue.shift(); area !== undefined; area = queue.shift()) {
        await this.#runFile(worker, area, (testCase) => testCase.exclusive !== true, true);
      }
      worker.close();
    });
    await Promise.all(workers);
  }

  async runAlone(areas: readonly string[]): Promise<void> {
    const worker = new Worker(this.#deployment, () => this.#noteDeath());
    for (const area of areas) await this.#runFile(worker, area, (testCase) => testCase.exclusive === true, false);
    worker.close();
  }

  /** Runs the cases of one file that are due. A damaged file counts as one failure, once. */
  async #runFile(
    worker: Worker,
    area: string,
    isDue: (testCase: Case) => boolean,
    countDamage: boolean,
  ): Promise<void> {
    const counted = countedArea(area);
    let cases: readonly Case[];
    try {
      cases = readCases(this.#selection.folder, area);
    } catch (error) {
      if (countDamage) this.tally.add(counted, area, failed(`the file is damaged: ${textOf(error)}`));
      return;
    }
    for (const testCase of cases) {
      const id = `${area}::${testCase.id}`;
      if (!isDue(testCase) || !this.#selection.accepts(id, testCase)) continue;
      this.#inFlight.add(id);
      await this.tally.time(counted, id, () => worker.run(testCase));
      this.#inFlight.delete(id);
      this.#count += 1;
      this.#selection.onProgress?.(this.#count);
    }
  }

  /** Several workers notice the same death; it is noted once, with all that ran. Returns its account to each. */
  async #noteDeath(): Promise<string | undefined> {
    const witnesses = [...this.#inFlight].join(', ');
    const account = await this.#deployment.recover(true);
    if (this.#deployment.restartCount > this.#knownRestarts) {
      this.#knownRestarts = this.#deployment.restartCount;
      this.deaths.push(`${account}\n    while these ran: ${witnesses}`);
    }
    return account;
  }
}

/** Runs cases on a connection of its own, and replaces the connection when it was lost. */
class Worker {
  #deployment: Deployment;
  #recover: () => Promise<string | undefined>;
  #connection: WireClient | undefined;

  constructor(deployment: Deployment, recover: () => Promise<string | undefined>) {
    this.#deployment = deployment;
    this.#recover = recover;
  }

  close(): void {
    this.#connection?.close();
  }

  async run(testCase: Case): Promise<Outcome> {
    const main = this.#connection?.isOpen === true ? this.#connection : await this.#connect();
    this.#connection = main;
    const outcome = await runCase(testCase, { main, open: () => this.#connect() }).catch((error) =>
      failed(textOf(error)),
    );
    if (main.isOpen) return outcome;
    const death = await this.#reconnect();
    return death === undefined ? outcome : failed(`while this case ran, the server ${death}`);
  }

  #connect(): Promise<WireClient> {
    return WireClient.connect(firstAddress(this.#deployment.uri));
  }

  /** Connects again. Returns the account of the server's death where that took a new server. */
  async #reconnect(): Promise<string | undefined> {
    try {
      this.#connection = await this.#connect();
      return undefined;
    } catch {
      const death = await this.#recover();
      this.#connection = await this.#connect();
      return death;
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
