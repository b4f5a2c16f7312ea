/** How an operation reaches the store, by its mode: the three columns of the picture in `operation.ts`. */

import type { MaybePromise, StorageTransaction } from '../storage/engine.ts';
import type { StatementGroup } from './operation.ts';
import type { RunningOperation } from './running-operation.ts';

export type StorageWork<T> = (transaction: StorageTransaction) => MaybePromise<T>;

export interface StorageAccess {
  /** As `Operation.shapeVersion`. */
  readonly shapeVersion: number | undefined;
  read<T>(operation: RunningOperation, work: StorageWork<T>): MaybePromise<T>;
  write<T>(operation: RunningOperation, work: StorageWork<T>): MaybePromise<T>;
  runStatements<T>(operation: RunningOperation, group: StatementGroup<T>): MaybePromise<T[]>;
  afterCommit(operation: RunningOperation, action: () => void): void;
  onRelease(operation: RunningOperation, action: () => void): void;
}

/** Positions of all statements of a group. */
export function allIndexes(group: { readonly firstIndex: number; readonly count: number }): number[] {
  if (group.count === 1) return [group.firstIndex];
  return Array.from({ length: group.count }, (_, index) => group.firstIndex + index);
}

/** Reads on a transaction of its own and lets it go. */
export function readOn<T>(transaction: StorageTransaction, work: StorageWork<T>): MaybePromise<T> {
  let value: MaybePromise<T>;
  try {
    value = work(transaction);
  } catch (thrown) {
    transaction.abort();
    throw thrown;
  }
  if (value instanceof Promise) return value.finally(() => transaction.abort());
  transaction.abort();
  return value;
}
