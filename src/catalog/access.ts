/**
 * How operations come to a collection: with its lock held shared (documents) or alone (shape) for as long as they need
 * it. Outside transactions that is until the work is done; a transaction keeps what it has taken until its end.
 *
 *                    waits for a lock                               ends by
 *   plain            as long as it may run                          killOp, killSessions, maxTimeMS, the client's going
 *   transaction      maxTransactionLockRequestTimeoutMillis         the same, and LockTimeout
 *
 * Those who take several locks take them in the order of their names, so that no two wait for one another; transactions
 * take them as their statements come, and get out of each other's way by the timeout.
 */

import type { Clock } from '../clock/clock.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import { deferred } from '../session/maybe-promise.ts';
import type { Operation } from '../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../storage/engine.ts';
import type { Catalog } from './catalog.ts';
import type { Collection } from './collection.ts';
import type { CollectionLock, LockMode } from './lock.ts';
import type { Namespace } from './namespace.ts';

/** What waiting for a lock needs. */
export interface AccessContext {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly parameters: ParameterStore;
}

/** Locks that open transactions keep until their end, by the storage transaction that lasts as long as they do. */
const heldByTransaction = new WeakMap<StorageTransaction, Set<string>>();

/** Runs `work` while nobody changes the collection's shape. Inside a transaction the lock stays until its end. */
export function whileShared<T>(
  context: AccessContext,
  operation: Operation,
  name: Namespace,
  work: () => MaybePromise<T>,
): MaybePromise<T> {
  if (operation.mode === 'transaction') return inTransaction(context, operation, name, work);
  const lock = context.catalog.locks.of(name.full);
  const shaped = operation.shapeVersion === undefined ? work : () => asOfSnapshot(context, operation, name, work);
  if (lock.tryAcquire('shared')) return releasing(lock, 'shared', shaped);
  return acquire(context, operation, lock, 'shared').then(() => releasing(lock, 'shared', shaped));
}

/** Runs `work` with a lock that is held, and lets go of it. */
function releasing<T>(lock: CollectionLock, mode: LockMode, work: () => MaybePromise<T>): MaybePromise<T> {
  let value: MaybePromise<T>;
  try {
    value = work();
  } catch (thrown) {
    lock.release(mode);
    throw thrown;
  }
  if (value instanceof Promise) return value.finally(() => lock.release(mode));
  lock.release(mode);
  return value;
}

/** A cursor goes on with the tables that it began with, whatever has become of the collection's name. */
function asOfSnapshot<T>(
  context: AccessContext,
  operation: Operation,
  name: Namespace,
  work: () => MaybePromise<T>,
): MaybePromise<T> {
  if (operation.commandName !== 'getMore') checkShape(context, operation, name);
  return work();
}

/** Throws SnapshotUnavailable where the snapshot of the operation has another shape of the collection than there is now. */
function checkShape({ catalog }: AccessContext, { shapeVersion }: Operation, name: Namespace): void {
  if (shapeVersion === undefined || !catalog.hasChangedSince(shapeVersion, name.database, name.collection)) return;
  throw new MongoError(
    'SnapshotUnavailable',
    `Unable to read from a snapshot due to pending collection catalog changes to ${name.full}; please retry the operation`,
  );
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
      held = new Set();
      heldByTransaction.set(transaction, held);
    }
    const names = held;
    if (names.has(name.full)) return work();
    const lock = context.catalog.locks.of(name.full);
    const keep = (): MaybePromise<T> => {
      names.add(name.full);
      operation.onRelease(() => lock.release('shared'));
      checkShape(context, operation, name);
      return work();
    };
    if (lock.tryAcquire('shared')) return keep();
    const limitMs = context.parameters.get('maxTransactionLockRequestTimeoutMillis');
    return acquire(context, operation, lock, 'shared', limitMs < 0 ? undefined : limitMs).then(keep);
  });
}

/**
 * Runs `work` alone: no document of the collection is read or written meanwhile, and no transaction that did is open.
 * Not for what runs inside a transaction, which changes the shape of nothing but its own new collections.
 */
export async function whileExclusive<T>(
  context: AccessContext,
  operation: Operation,
  name: Namespace,
  work: () => MaybePromise<T>,
): Promise<T> {
  invariant(operation.mode !== 'transaction', 'a transaction takes no collection for itself');
  const lock = context.catalog.locks.of(name.full);
  if (!lock.tryAcquire('exclusive')) await acquire(context, operation, lock, 'exclusive');
  return releasing(lock, 'exclusive', work);
}

/**
 * Waits for a lock until the operation has to stop, or for `limitMs`. Throws what stops the operation, or LockTimeout
 * when the limit is over.
 */
async function acquire(
  { clock }: AccessContext,
  operation: Operation,
  lock: CollectionLock,
  mode: LockMode,
  limitMs?: number,
): Promise<void> {
  operation.checkInterrupt();
  const place = lock.join(mode);
  const over = deferred<void>();
  const timer = limitMs === undefined ? undefined : clock.after(limitMs, () => over.resolve());
  await Promise.race([place.granted, operation.whenInterrupted(), over.promise]);
  timer?.cancel();
  if (!place.leave()) return;
  operation.checkInterrupt();
  throw new MongoError('LockTimeout', `Unable to acquire lock '${lock.name}' within ${limitMs}ms.`);
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
