/**
 * Who may touch a collection's shape while others use it. Reads and writes of documents hold a collection shared, from
 * before their snapshot until they are done; what changes its shape (drop, createIndexes, collMod, …) holds it alone.
 * So a writer never misses an index that is being built, and a snapshot never meets tables that are newer than itself.
 *
 *   shared ─ shared ─ shared           any number together
 *              exclusive waits ┐       those who come behind a waiting exclusive wait as well: nobody starves
 *                              └─► exclusive
 *
 * Who waits for how long is not known here: a place can be left at any time (`access.ts`).
 */
import { invariant } from '../error/invariant.ts';
import { deferred } from '../session/maybe-promise.ts';

export type LockMode = 'shared' | 'exclusive';

interface Waiter {
  readonly mode: LockMode;
  readonly grant: () => void;
}

/** Somebody's place among those who wait for a lock. */
export interface LockPlace {
  /** Resolves when the lock is given; whoever gets it has to release it. */
  readonly granted: Promise<void>;
  /** Waits no longer; answers false where the lock has been given already. */
  leave(): boolean;
}

/** A lock as lockInfo shows it. */
export interface LockDescription {
  readonly name: string;
  readonly sharedHolders: number;
  readonly isExclusive: boolean;
  readonly waiting: { readonly shared: number; readonly exclusive: number };
}

/** The lock of one namespace. */
export class CollectionLock {
  readonly name: string;
  #sharedHolders = 0;
  #isExclusive = false;
  #waiting: Waiter[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Takes the lock now if nobody is in the way. */
  tryAcquire(mode: LockMode): boolean {
    if (this.#isExclusive || this.#waiting.length > 0) return false;
    if (mode === 'exclusive') {
      if (this.#sharedHolders > 0) return false;
      this.#isExclusive = true;
    } else {
      this.#sharedHolders++;
    }
    return true;
  }

  /** A place among those who wait; it may have the lock already when this answers. */
  join(mode: LockMode): LockPlace {
    const { promise: granted, resolve } = deferred<void>();
    if (this.tryAcquire(mode)) {
      resolve();
      return { granted, leave: () => false };
    }
    const waiter: Waiter = { mode, grant: resolve };
    this.#waiting.push(waiter);
    return { granted, leave: () => this.#leave(waiter) };
  }

  release(mode: LockMode): void {
    if (mode === 'exclusive') {
      invariant(this.#isExclusive, `exclusive lock of ${this.name} is held by its releaser`);
      this.#isExclusive = false;
    } else {
      invariant(this.#sharedHolders > 0, `shared lock of ${this.name} is held by its releaser`);
      this.#sharedHolders--;
    }
    if (this.#waiting.length > 0) this.#grantWaiting();
  }

  /** Who holds it and who waits for it, in numbers. */
  describe(): LockDescription {
    const shared = this.#waiting.filter(({ mode }) => mode === 'shared').length;
    return {
      name: this.name,
      sharedHolders: this.#sharedHolders,
      isExclusive: this.#isExclusive,
      waiting: { shared, exclusive: this.#waiting.length - shared },
    };
  }

  /** Whether nobody holds it or waits for it. */
  get isIdle(): boolean {
    return this.#sharedHolders === 0 && !this.#isExclusive && this.#waiting.length === 0;
  }

  #leave(waiter: Waiter): boolean {
    const position = this.#waiting.indexOf(waiter);
    if (position < 0) return false;
    this.#waiting.splice(position, 1);
    this.#grantWaiting();
    return true;
  }

  #grantWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#canGrant(next.mode); next = this.#waiting[0]) {
      this.#waiting.shift();
      if (next.mode === 'shared') this.#sharedHolders++;
      else this.#isExclusive = true;
      next.grant();
    }
  }

  #canGrant(mode: LockMode): boolean {
    return !this.#isExclusive && (mode === 'shared' || this.#sharedHolders === 0);
  }
}

/** The locks of all namespaces that someone uses. */
export class CollectionLocks {
  readonly #locks = new Map<string, CollectionLock>();

  of(namespace: string): CollectionLock {
    let lock = this.#locks.get(namespace);
    if (lock === undefined) {
      if (this.#locks.size > 10_000) this.#forgetIdle();
      lock = new CollectionLock(namespace);
      this.#locks.set(namespace, lock);
    }
    return lock;
  }

  /** The locks that someone holds or waits for. */
  inUse(): LockDescription[] {
    return [...this.#locks.values()].filter((lock) => !lock.isIdle).map((lock) => lock.describe());
  }

  #forgetIdle(): void {
    for (const [name, lock] of this.#locks) if (lock.isIdle) this.#locks.delete(name);
  }
}
