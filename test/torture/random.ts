/** Choices from a seed. */
import { type Randomness, randomUuid, seededRandomness } from '../../src/clock/randomness.ts';

export class Random {
  readonly #source: Randomness;

  constructor(seed: number) {
    this.#source = seededRandomness(seed);
  }

  /** A whole number from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.#source.fraction() * limit);
  }

  /** A whole number between these two, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.#source.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from');
    return list[this.below(list.length)] as T;
  }

  /** One of the names, as often as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const names = Object.keys(weights) as T[];
    let rest = this.#source.fraction() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      rest -= weights[name];
      if (rest < 0) return name;
    }
    return names[names.length - 1] as T;
  }

  bytes(count: number): Buffer {
    return this.#source.bytes(count);
  }

  uuid(): Buffer {
    return randomUuid(this.#source);
  }

  /** A source of its own for one part of a run, so that the parts do not depend on each other's timing. */
  fork(): Random {
    return new Random(this.#source.bytes(4).readInt32LE(0));
  }
}
