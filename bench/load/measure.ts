import { type Effort, median } from '../benchmark.ts';
import { Worker } from '../child.ts';
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

/** One of several things that are measured in turns. */
export interface Side {
  readonly name: string;
  /** Measures once, for about so long, and answers operations per second. */
  run(durationMs: number): Promise<number>;
}

/** Rates by round, one list per side. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/** Measures the sides in turns, so that what the machine does meanwhile falls on all of them. One round before does not count. */
export async function measureInTurns({ rounds, roundMs }: Effort, sides: readonly Side[]): Promise<Rounds> {
  const rates = new Map<string, number[]>(sides.map((side) => [side.name, []]));
  for (const side of sides) await side.run(roundMs);
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) rates.get(side.name)?.push(await side.run(roundMs));
  }
  return rates;
}

export function rateOf(rounds: Rounds, side: string): number {
  return median(rounds.get(side) ?? []);
}

/** The median over rounds of one side's rate by the other's in the same round. */
export function ratioOf(rounds: Rounds, side: string, to: string): number {
  const others = rounds.get(to) ?? [];
  return median((rounds.get(side) ?? []).map((rate, round) => rate / (others[round] ?? Number.NaN)));
}
