import type { Durability, MaybePromise, StorageEngine, StorageTransaction } from '../storage/engine.ts';
import { chain } from './maybe-promise.ts';

/**
 * Knows whether all that was committed so far is on disk. A commit that answers as journaled has those before it on disk
 * too, since an engine writes commits in their order.
 */
export class CommitWatch {
  readonly #engine: StorageEngine;
  #begun = 0;
  #onDisk = 0;

  constructor(engine: StorageEngine) {
    this.#engine = engine;
  }

  commit(transaction: StorageTransaction, durability: Durability): MaybePromise<void> {
    const number = ++this.#begun;
    return chain(transaction.commit(durability), () => {
      if (durability === 'journaled') this.#onDisk = Math.max(this.#onDisk, number);
    });
  }

  /** Waits until everything that anybody could have read before this call is on disk; at once where it is. */
  whenOnDisk(): MaybePromise<void> {
    const number = this.#begun;
    if (number <= this.#onDisk || !this.#engine.capabilities.durable) return;
    return chain(this.#engine.flush(), () => {
      this.#onDisk = Math.max(this.#onDisk, number);
    });
  }
}
