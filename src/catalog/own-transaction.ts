/** Storage transactions of the server's own making: jobs and records that belong to no client's operation. */
import { yieldToEvents } from '../clock/clock.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { WatchedTransaction } from '../session/watched-transaction.ts';
import type { Durability, MaybePromise, StorageEngine, StorageTransaction } from '../storage/engine.ts';

/** What a catalog change needs to know of the transaction that it is part of. */
export interface ChangeHooks {
  /** Calls `action` when the change is visible to all. */
  afterCommit(action: () => void): void;
  /** Calls `action` when the transaction is over, committed or not. */
  onRelease(action: () => void): void;
}

/** How a storage transaction of the server's own ends, where that is to be told to those who watch. */
export interface OwnCommit {
  commitOwn(transaction: WatchedTransaction, durability: Durability): MaybePromise<void>;
}

/** A commit that nobody is told of. */
export const quietCommit: OwnCommit = {
  commitOwn: (transaction, durability) => transaction.commit(durability),
};

/**
 * Runs `work` in a storage transaction and commits it; again after a write conflict. Change streams hear of
 * it where `commit` is given.
 */
export async function inOwnTransaction<T>(
  engine: StorageEngine,
  durability: Durability,
  work: (transaction: StorageTransaction, hooks: ChangeHooks) => MaybePromise<T>,
  commit: OwnCommit = quietCommit,
): Promise<T> {
  for (;;) {
    const committed: (() => void)[] = [];
    const released: (() => void)[] = [];
    const transaction = new WatchedTransaction(await engine.begin());
    try {
      const result = await work(transaction, {
        afterCommit: (action) => committed.push(action),
        onRelease: (action) => released.push(action),
      });
      await commit.commitOwn(transaction, durability);
      for (const action of committed) action();
      return result;
    } catch (thrown) {
      transaction.abort();
      if (!isMongoError(thrown, 'WriteConflict')) throw thrown;
      // Where the winner has ended already, the next snapshot has what it wrote.
      await (thrown.details.resolved ?? yieldToEvents());
    } finally {
      for (const action of released) action();
    }
  }
}
