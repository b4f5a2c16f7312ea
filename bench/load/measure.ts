import { type Effort, median } from '../benchmark.ts';
import { processorMs, Worker } from '../child.ts';
import type { LoadAnswer, LoadRequest } from './load.ts';

/** A running load generator. */
export class LoadGenerator implements AsyncDisposable {
  readonly #worker = new Worker<LoadRequest, LoadAnswer>('load/load-process.ts');

  /** Sends for a while. Throws with the reply where an operation failed. */
  async run(request: LoadRequest): Promise<LoadAnswer> {
    const answer = await this.#worker.ask(request);
    if (answer.failure !== undefined) throw new Error(`an operation failed: ${answer.failure}`);
    return answer;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#worker[Symbol.asyncDispose]();
  }
}

/** What one turn came to. */
export interface Turn {
  readonly operations: number;
  readonly perSecond: number;
}

/** One of several things that are measured in turns. */
export interface Side {
  readonly name: string;
  /** The process whose own time is counted. */
  readonly pid?: number;
  /** Measures once, for about so long. */
  run(durationMs: number): Promise<Turn>;
}

interface Round {
  readonly perSecond: number;
  /** What an operation took of the processors, in the side's process; NaN where that cannot be known. */
  readonly processorUs: number;
}

/** What was measured, by side. */
export type Rounds = ReadonlyMap<string, readonly Round[]>;

/** Measures the sides in turns, so that what the machine does meanwhile falls on all of them. One round before does not count. */
export async function measureInTurns({ rounds, roundMs }: Effort, sides: readonly Side[]): Promise<Rounds> {
  const measured = new Map<string, Round[]>(sides.map((side) => [side.name, []]));
  for (const side of sides) await side.run(roundMs);
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) measured.get(side.name)?.push(await takeTurn(side, roundMs));
  }
  return measured;
}

async function takeTurn(side: Side, durationMs: number): Promise<Round> {
  const before = processorMs(side.pid);
  const { operations, perSecond } = await side.run(durationMs);
  return { perSecond, processorUs: ((processorMs(side.pid) - before) * 1000) / operations };
}

/** Operations per second, the median of the rounds. */
export function rateOf(rounds: Rounds, side: string): number {
  return median((rounds.get(side) ?? []).map((round) => round.perSecond));
}

/** Microseconds of processor time of one operation, the median of the rounds. */
export function processorUsOf(rounds: Rounds, side: string): number {
  return median((rounds.get(side) ?? []).map((round) => round.processorUs));
}

/** The median over rounds of one side's rate by the other's in the same round. */
export function ratioOf(rounds: Rounds, side: string, to: string): number {
  const others = rounds.get(to) ?? [];
  return median(
    (rounds.get(side) ?? []).map(({ perSecond }, round) => perSecond / (others[round]?.perSecond ?? Number.NaN)),
  );
}

/** Rate and processor time of a side, for a figure's note. */
export function printSide(rounds: Rounds, side: string): string {
  const processorUs = processorUsOf(rounds, side);
  const each = Number.isNaN(processorUs) ? '' : `, ${processorUs.toFixed(1)} us of processor each`;
  return `${Math.round(rateOf(rounds, side))}/s${each}`;
}
