/**
 * Who may touch a collection's shape while others use it. Reads and writes of documents hold a collection shared, from
 * before their snapshot until they are done; what changes its shape (drop, createIndexes, collMod, …) holds it alone.
 * So a writer never misses an index that is being built, and a snapshot never meets tables that are newer than itself.
 *
 *   shared ─ shared ─ shared           any number together
 *              exclusive waits ┐       those who come behind a waiting exclusive wait as well: nobody starves
 *                              └─► exclusive
 */
import type { Clock } from '../clock/clock.ts';
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';

type Mode = 'shared' | 'exclusive';

interface Waiter {
  readonly mode: Mode;
  readonly grant: () => void;
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
  readonly #name: string;
  #sharedHolders = 0;
  #isExclusive = false;
  #waiting: Waiter[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** Takes the lock now if nobody is in the way. */
  tryAcquire(mode: Mode): boolean {
    if (this.#isExclusive || this.#waiting.length > 0) return false;
    if (mode === 'exclusive') {
      if (this.#sharedHolders > 0) return false;
      this.#isExclusive = true;
    } else {
      this.#sharedHolders++;
    }
    return true;
  }

  /** Waits for the lock; after `timeoutMs` (if not undefined) throws LockTimeout, after `interrupted` what that throws. */
  async acquire(mode: Mode, clock: Clock, timeoutMs: number | undefined): Promise<void> {
    if (this.tryAcquire(mode)) return;
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        mode,
        grant: () => {
          timer?.cancel();
          resolve();
        },
      };
      const timer =
        timeoutMs === undefined
          ? undefined
          : clock.after(timeoutMs, () => {
              this.#waiting = this.#waiting.filter((other) => other !== waiter);
              this.#grantWaiting();
              reject(new MongoError('LockTimeout', `Unable to acquire lock '${this.#name}' within ${timeoutMs}ms.`));
            });
      this.#waiting.push(waiter);
    });
  }

  release(mode: Mode): void {
    if (mode === 'exclusive') {
      invariant(this.#isExclusive, `exclusive lock of ${this.#name} is held by its releaser`);
      this.#isExclusive = false;
    } else {
      invariant(this.#sharedHolders > 0, `shared lock of ${this.#name} is held by its releaser`);
      this.#sharedHolders--;
    }
    if (this.#waiting.length > 0) this.#grantWaiting();
  }

  /** Who holds it and who waits for it, in numbers. */
  describe(): LockDescription {
    const exclusive = this.#waiting.filter(({ mode }) => mode === 'exclusive').length;
    return {
      name: this.#name,
      sharedHolders: this.#sharedHolders,
      isExclusive: this.#isExclusive,
      waiting: { shared: this.#waiting.length - exclusive, exclusive },
    };
  }

  /** Whether nobody holds it or waits for it. */
  get isIdle(): boolean {
    return this.#sharedHolders === 0 && !this.#isExclusive && this.#waiting.length === 0;
  }

  #grantWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#canGrant(next.mode); next = this.#waiting[0]) {
      this.#waiting.shift();
      if (next.mode === 'exclusive') this.#isExclusive = true;
      else this.#sharedHolders++;
      next.grant();
    }
  }

  #canGrant(mode: Mode): boolean {
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
