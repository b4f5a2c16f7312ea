/** Every operation that is running, by number: what currentOp lists and killOp ends. */
import type { MongoError } from '../error/mongo-error.ts';
import type { LiveOperation } from './live-operation.ts';

export class OperationRegistry {
  readonly #running = new Map<number, LiveOperation>();
  #lastId = 0;

  /** A number that no operation of this process had. */
  nextId(): number {
    return ++this.#lastId;
  }

  add(operation: LiveOperation): void {
    this.#running.set(operation.id, operation);
  }

  delete(operation: LiveOperation): void {
    this.#running.delete(operation.id);
  }

  find(id: number): LiveOperation | undefined {
    return this.#running.get(id);
  }

  get size(): number {
    return this.#running.size;
  }

  /** Operations in the order in which they began. */
  running(): Iterable<LiveOperation> {
    return this.#running.values();
  }

  /** Interrupts the operations that `matches` picks, with an error of its own for each. Answers how many. */
  interrupt(matches: (operation: LiveOperation) => boolean, reason: () => MongoError): number {
    let count = 0;
    for (const operation of this.#running.values()) {
      if (!matches(operation)) continue;
      operation.interrupt(reason());
      count++;
    }
    return count;
  }
}
