import type { Value } from '../../bson/value.ts';
import type { AccumulatorDefinition, AccumulatorState } from '../accumulator.ts';
import { valueSizeBytes } from '../value-size.ts';
import { checkStateSize } from './memory-limit.ts';
import { parseInputAndN, requireN } from './n-argument.ts';

/** The first or the last `n` inputs; missing ones count as null. */
class EdgeState implements AccumulatorState {
  readonly #name: string;
  readonly #n: number;
  readonly #keepsLast: boolean;
  readonly #values: Value[] = [];
  #start = 0;
  sizeBytes = 0;

  constructor(name: string, n: number, keepsLast: boolean) {
    this.#name = name;
    this.#n = n;
    this.#keepsLast = keepsLast;
  }

  add(input: Value | undefined): void {
    const value = input ?? null;
    const isFull = this.#values.length - this.#start >= this.#n;
    if (isFull && !this.#keepsLast) return;
    this.#values.push(value);
    this.sizeBytes += valueSizeBytes(value);
    if (isFull) this.#dropOldest();
    checkStateSize(this.#name, this.sizeBytes);
  }

  #dropOldest(): void {
    this.sizeBytes -= valueSizeBytes(this.#values[this.#start]);
    this.#start++;
    if (this.#start > 64 && this.#start * 2 > this.#values.length) {
      this.#values.splice(0, this.#start);
      this.#start = 0;
    }
  }

  result(): Value {
    return this.#values.slice(this.#start);
  }
}

/** $firstN or $lastN. */
export function edgeAccumulator(keepsLast: boolean): AccumulatorDefinition {
  return {
    inStableApi: true,
    parse(argument, context, name) {
      const { input, n } = parseInputAndN(argument, context, name);
      return {
        read: (scope) => input.evaluate(scope),
        start: (group) => new EdgeState(name, requireN(n.evaluate(group), context.place), keepsLast),
      };
    },
  };
}
