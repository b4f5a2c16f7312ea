import type { MaybePromise, Snapshot, StorageEngine } from '../storage/engine.ts';
import { chain } from './maybe-promise.ts';
import type { StatementGroup } from './operation.ts';
import type { PlainAccess } from './plain-access.ts';
import type { RunningOperation } from './running-operation.ts';
import type { PinnedTime } from './snapshot-history.ts';
import { readOn, type StorageAccess, type StorageWork } from './storage-access.ts';

/** Storage access of a snapshot read: every read sees the pinned state. What writes goes to the newest state. */
export class SnapshotAccess implements StorageAccess {
  readonly shapeVersion: number;
  readonly #engine: StorageEngine;
  readonly #plain: PlainAccess;
  readonly #snapshot: Snapshot;

  constructor(engine: StorageEngine, plain: PlainAccess, { snapshot, shapeVersion }: PinnedTime) {
    this.shapeVersion = shapeVersion;
    this.#engine = engine;
    this.#plain = plain;
    this.#snapshot = snapshot;
  }

  read<T>(_operation: RunningOperation, work: StorageWork<T>): MaybePromise<T> {
    return chain(this.#engine.begin({ snapshot: this.#snapshot, readOnly: true }), (transaction) =>
      readOn(transaction, work),
    );
  }

  write<T>(operation: RunningOperation, work: StorageWork<T>): MaybePromise<T> {
    return this.#plain.write(operation, work);
  }

  runStatements<T>(operation: RunningOperation, group: StatementGroup<T>): MaybePromise<T[]> {
    return this.#plain.runStatements(operation, group);
  }

  afterCommit(operation: RunningOperation, action: () => void): void {
    this.#plain.afterCommit(operation, action);
  }

  onRelease(operation: RunningOperation, action: () => void): void {
    this.#plain.onRelease(operation, action);
  }
}
