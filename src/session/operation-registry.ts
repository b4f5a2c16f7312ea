/**
 * Every operation that is running: what currentOp lists and killOp ends. A list through the operations themselves, since
 * every command enters and leaves it and hardly anybody looks for one by its number.
 */
import type { MongoError } from '../error/mongo-error.ts';
import type { LiveOperation } from './live-operation.ts';

export class OperationRegistry {
  #oldest: LiveOperation | undefined;
  #newest: LiveOperation | undefined;
  #size = 0;
  #lastId = 0;

  /** A number that no operation of this process had. */
  nextId(): number {
    return ++this.#lastId;
  }

  add(operation: LiveOperation): void {
    operation.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = operation;
    else this.#newest.newer = operation;
    this.#newest = operation;
    this.#size++;
  }

  /** Takes out an operation that was added and not taken out since. */
  delete(operation: LiveOperation): void {
    const { older, newer } = operation;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    operation.older = undefined;
    operation.newer = undefined;
    this.#size--;
  }

  find(id: number): LiveOperation | undefined {
    for (const operation of this.running()) if (operation.id === id) return operation;
    return undefined;
  }

  get size(): number {
    return this.#size;
  }

  /** Operations in the order in which they began, as of now. */
  running(): readonly LiveOperation[] {
    const operations: LiveOperation[] = [];
    for (let next = this.#oldest; next !== undefined; next = next.newer) operations.push(next);
    return operations;
  }

  /** Interrupts the operations that `matches` picks, with an error of its own for each. Answers how many. */
  interrupt(matches: (operation: LiveOperation) => boolean, reason: () => MongoError): number {
    let count = 0;
    for (const operation of this.running()) {
      if (!matches(operation)) continue;
      operation.interrupt(reason());
      count++;
    }
    return count;
  }
}
