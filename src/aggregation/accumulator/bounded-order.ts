import type { Value } from '../../bson/value.ts';
import { valueSizeBytes } from '../value-size.ts';
import { checkStateSize } from './memory-limit.ts';

/**
 * The first `n` values in an order; of equal ones those that came first (or last, where `prefersLater`) stay. Entries are
 * collected and cut back when twice as many as needed are there, so that each costs O(log n) on average.
 */
export class BoundedOrder<Key> {
  readonly #name: string;
  readonly #n: number;
  readonly #compare: (left: Key, right: Key) => number;
  readonly #prefersLater: boolean;
  #entries: { readonly key: Key; readonly value: Value; readonly arrival: number }[] = [];
  #arrivals = 0;
  #isSorted = true;
  sizeBytes = 0;

  constructor(name: string, n: number, compare: (left: Key, right: Key) => number, prefersLater = false) {
    this.#name = name;
    this.#n = n;
    this.#compare = compare;
    this.#prefersLater = prefersLater;
  }

  add(key: Key, value: Value): void {
    this.#entries.push({ key, value, arrival: this.#arrivals++ });
    this.sizeBytes += valueSizeBytes(value);
    this.#isSorted = false;
    if (this.#entries.length >= 2 * this.#n + 16) this.#cut();
    checkStateSize(this.#name, this.sizeBytes);
  }

  #cut(): void {
    const later = this.#prefersLater ? -1 : 1;
    this.#entries.sort((left, right) => this.#compare(left.key, right.key) || (left.arrival - right.arrival) * later);
    for (const { value } of this.#entries.splice(this.#n)) this.sizeBytes -= valueSizeBytes(value);
    this.#isSorted = true;
  }

  values(): Value[] {
    if (!this.#isSorted) this.#cut();
    return this.#entries.map(({ value }) => value);
  }
}
