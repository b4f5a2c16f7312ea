/** How operations come to a collection: with its lock held shared (documents) or alone (shape) for as long as they need it. */

import type { Clock } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { Operation } from '../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import type { CatalogEntry, Collection } from './collection.ts';
import type { Namespace } from './namespace.ts';

/** What waiting for a lock needs. */
export interface AccessContext {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly parameters: ParameterStore;
}

/** Locks that an open transaction keeps until its end, and the catalog version that its snapshot belongs to. */
interface HeldByTransaction {
  readonly names: Set<string>;
  readonly version: number;
}

const heldByTransaction = new WeakMap<StorageTransaction, HeldByTransaction>();

/** Runs `work` while nobody changes the collection's shape. Inside a transaction the lock stays until its end. */
export function whileShared<T>(
  context: AccessContext,
  operation: Operation,
  name: Namespace,
  work: () => MaybePromise<T>,
): MaybePromise<T> {
  if (operation.mode === 'transaction') return inTransaction(context, operation, name, work);
  const lock = context.catalog.locks.of(name.full);
  if (!lock.tryAcquire('shared')) {
    return lock
      .acquire('shared', context.clock, remainingMs(operation))
      .then(() => releasing(lock.release.bind(lock, 'shared'), work));
  }
  return releasing(() => lock.release('shared'), work);
}

function releasing<T>(release: () => void, work: () => MaybePromise<T>): MaybePromise<T> {
  let result: MaybePromise<T>;
  try {
    result = work();
  } catch (thrown) {
    release();
    throw thrown;
  }
  if (result instanceof Promise) return result.finally(release);
  release();
  return result;
}

function remainingMs(operation: Operation): number | undefined {
  return operation.maxTimeMs === 0 ? undefined : operation.maxTimeMs;
}

function inTransaction<T>(
  context: AccessContext,
  operation: Operation,
  name: Namespace,
  work: () => MaybePromise<T>,
): MaybePromise<T> {
  // The transaction's storage transaction is the same object at each of its statements.
  return operation.read((transaction) => {
    let held = heldByTransaction.get(transaction);
    if (held === undefined) {
      held = { names: new Set(), version: context.catalog.version };
      heldByTransaction.set(transaction, held);
    }
    if (held.names.has(name.full)) return work();
    const lock = context.catalog.locks.of(name.full);
    const keep = (): MaybePromise<T> => {
      held.names.add(name.full);
      operation.onRelease(() => lock.release('shared'));
      checkNotNewer(context.catalog.find(transaction, name.database, name.collection), held.version);
      return work();
    };
    if (lock.tryAcquire('shared')) return keep();
    const limitMs = context.parameters.get('maxTransactionLockRequestTimeoutMillis');
    return lock.acquire('shared', context.clock, limitMs < 0 ? remainingMs(operation) : limitMs).then(keep);
  });
}

function checkNotNewer(entry: CatalogEntry | undefined, version: number): void {
  if (entry?.kind === 'collection' && entry.changedAt > version) {
    throw new MongoError(
      'SnapshotUnavailable',
      `Unable to read from a snapshot due to pending collection catalog changes to ${entry.namespace.full}; please retry the operation`,
    );
  }
}

/** Runs `work` alone: no document of the collection is read or written meanwhile, and no transaction that did is open. */
export async function whileExclusive<T>(
  context: AccessContext,
  operation: Operation,
  name: Namespace,
  work: () => MaybePromise<T>,
): Promise<T> {
  const lock = context.catalog.locks.of(name.full);
  if (!lock.tryAcquire('exclusive')) {
    const limitMs =
      operation.mode === 'transaction'
        ? context.parameters.get('maxTransactionLockRequestTimeoutMillis')
        : remainingMs(operation);
    await lock.acquire('exclusive', context.clock, limitMs);
  }
  try {
    return await work();
  } finally {
    lock.release('exclusive');
  }
}

/** The collection of this name, undefined where there is none; throws CommandNotSupportedOnView for a view. */
export function findCollection(
  catalog: Catalog,
  transaction: StorageTransaction | undefined,
  name: Namespace,
): Collection | undefined {
  const entry = catalog.find(transaction, name.database, name.collection);
  if (entry?.kind === 'view') {
    throw new MongoError('CommandNotSupportedOnView', `Namespace ${name.full} is a view, not a collection`);
  }
  return entry;
}
