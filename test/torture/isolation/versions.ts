/** The order in which the appends to each key were made, and who made them. */
import type { Anomaly, AnomalyName, History, Read, Transaction } from './history.ts';

/** A read without the reader's own appends: how much of the key's list it saw. */
export interface OuterRead {
  readonly reader: Transaction;
  readonly key: number;
  readonly seen: number;
}

export class Versions {
  /** Every append of a key that anybody saw, in order. */
  readonly orders = new Map<number, readonly number[]>();
  readonly writers = new Map<number, Transaction>();
  readonly reads: OuterRead[] = [];
  readonly anomalies: Anomaly[] = [];

  /** Reads what single transactions say; what is wrong already with one or two of them is in `anomalies`. */
  constructor(history: History) {
    for (const transaction of history) this.#noteWrites(transaction);
    for (const transaction of history) this.#findOrders(transaction);
    for (const transaction of history) this.#readInside(transaction);
    this.#findLost(history);
  }

  /** Whether a transaction's writes count: an unanswered commit counts when its first write was seen. */
  isCommitted(transaction: Transaction): boolean {
    if (transaction.outcome !== 'unknown') return transaction.outcome === 'committed';
    return transaction.steps.some((step) => {
      return step.kind === 'append' && this.orders.get(step.key)?.includes(step.value) === true;
    });
  }

  #add(name: AnomalyName, text: string): void {
    this.anomalies.push({ name, text });
  }

  #noteWrites(transaction: Transaction): void {
    for (const step of transaction.steps) if (step.kind === 'append') this.writers.set(step.value, transaction);
  }

  /** The longest list that others than the writers of its end saw is the order; all the others must be its beginnings. */
  #findOrders(transaction: Transaction): void {
    for (const [at, step] of transaction.steps.entries()) {
      if (step.kind !== 'read') continue;
      const own = ownAppends(transaction, at, step.key);
      // Own appends are not part of the order until somebody else saw them.
      const isOwnTail = own.every((value, index) => step.values[step.values.length - own.length + index] === value);
      const outer = isOwnTail ? step.values.slice(0, step.values.length - own.length) : step.values;
      this.#noteOrder(transaction, step.key, outer);
    }
  }

  #noteOrder(reader: Transaction, key: number, values: readonly number[]): void {
    const known = this.orders.get(key) ?? [];
    const [shorter, longer] = known.length < values.length ? [known, values] : [values, known];
    if (shorter.some((value, at) => longer[at] !== value)) {
      this.#add('diverging order', `key ${key}: transaction ${reader.id} saw ${list(values)}, others ${list(known)}`);
      return;
    }
    this.orders.set(key, longer);
    if (longer !== values) return;
    if (new Set(values).size < values.length) this.#add('repeated write', `key ${key}: ${list(values)}`);
  }

  /** What a transaction reads must fit what it read and wrote before. */
  #readInside(transaction: Transaction): void {
    const first = new Map<number, number>();
    for (const [at, step] of transaction.steps.entries()) {
      if (step.kind !== 'read') continue;
      const own = ownAppends(transaction, at, step.key);
      const seen = step.values.length - own.length;
      if (seen < 0 || own.some((value, index) => step.values[seen + index] !== value)) {
        this.#add('unseen own write', `transaction ${transaction.id} wrote ${list(own)} and then read ${told(step)}`);
        continue;
      }
      const before = first.get(step.key);
      if (before !== undefined && before !== seen) {
        this.#add(
          'non-repeatable read',
          `transaction ${transaction.id} saw ${before} values of key ${step.key}, then ${seen}: ${told(step)}`,
        );
        continue;
      }
      first.set(step.key, seen);
      this.#readOutside(transaction, step, seen);
      if (before === undefined) this.reads.push({ reader: transaction, key: step.key, seen });
    }
  }

  /** What is read must come from transactions that committed, and all of what they wrote. */
  #readOutside(reader: Transaction, step: Read, seen: number): void {
    for (const value of step.values.slice(0, seen)) {
      const writer = this.writers.get(value);
      if (writer === undefined)
        this.#add('invented value', `transaction ${reader.id} read ${told(step)}: nobody wrote ${value}`);
      else if (writer.outcome === 'aborted') {
        this.#add('dirty read', `transaction ${reader.id} read ${value} of key ${step.key}; ${writer.id} aborted`);
      }
    }
    const lastWriter = this.writers.get(step.values[seen - 1] ?? Number.NaN);
    if (lastWriter === undefined || lastWriter === reader) return;
    const written = ownAppends(lastWriter, lastWriter.steps.length, step.key);
    const missing = written.filter((value) => !step.values.includes(value));
    if (missing.length === 0) return;
    const text = `transaction ${reader.id} read ${told(step)} without ${list(missing)} that ${lastWriter.id} wrote after`;
    this.#add('intermediate read', text);
  }

  /** What was committed must be in the order; histories end with a read of every key. */
  #findLost(history: History): void {
    const known = new Set([...this.orders.values()].flat());
    for (const transaction of history) {
      if (!this.isCommitted(transaction)) continue;
      for (const step of transaction.steps) {
        if (step.kind !== 'append' || known.has(step.value)) continue;
        this.#add(
          'lost update',
          `transaction ${transaction.id} committed ${step.value} to key ${step.key}; it is gone`,
        );
      }
    }
  }
}

/** What a transaction appended to a key before one of its steps. */
export function ownAppends(transaction: Transaction, before: number, key: number): number[] {
  const own: number[] = [];
  for (const step of transaction.steps.slice(0, before)) {
    if (step.kind === 'append' && step.key === key) own.push(step.value);
  }
  return own;
}

function list(values: readonly number[]): string {
  return `[${values.join(' ')}]`;
}

function told(read: Read): string {
  return `${list(read.values)} of key ${read.key}`;
}
