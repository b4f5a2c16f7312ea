/**
 * A lock against all writes of a store, for those who copy its files: while it is held, what was committed is on disk and
 * nothing further is committed. Transactions may go on reading and collecting writes; their commits wait.
 *
 *   begin ─► write ─► write ─► commit ── locked? wait ──► engine
 */
import { invariant } from '../error/invariant.ts';
import type {
  BeginOptions,
  Durability,
  EngineCapabilities,
  EngineStatistics,
  Key,
  KeyRange,
  MaybePromise,
  ScanBatch,
  ScanOptions,
  Snapshot,
  StorageEngine,
  StorageTransaction,
  TableId,
  Write,
} from './engine.ts';
import type { TableWatch } from './table-watch.ts';

export class WriteLock {
  #holds = 0;
  #commits = 0;
  #unlocked: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined = undefined;
  #idleListeners: (() => void)[] = [];

  get isLocked(): boolean {
    return this.#holds > 0;
  }

  /** How often it was taken and not given back. */
  get holds(): number {
    return this.#holds;
  }

  /** Takes it once more, and resolves when no commit is under way any longer. Answers how often it is held. */
  async lock(): Promise<number> {
    this.#holds++;
    if (this.#unlocked === undefined) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>((done) => {
        resolve = done;
      });
      this.#unlocked = { promise, resolve };
    }
    const { holds } = this;
    if (this.#commits > 0) await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
    return holds;
  }

  /** Gives it back once. Answers how often it is still held. It must be held. */
  unlock(): number {
    invariant(this.#holds > 0, 'what is unlocked was locked');
    this.#holds--;
    if (this.#holds === 0) {
      this.#unlocked?.resolve();
      this.#unlocked = undefined;
    }
    return this.#holds;
  }

  /** Gives it back altogether: the server stops, and what waits has to end. */
  release(): void {
    while (this.#holds > 0) this.unlock();
  }

  whenUnlocked(): Promise<void> {
    return this.#unlocked?.promise ?? Promise.resolve();
  }

  /** Runs what changes the store: at once, or when the lock is free. */
  run<T>(change: () => MaybePromise<T>): MaybePromise<T> {
    if (this.isLocked) return this.whenUnlocked().then(() => this.run(change));
    this.#commits++;
    let result: MaybePromise<T>;
    try {
      result = change();
    } catch (thrown) {
      this.#leave();
      throw thrown;
    }
    if (!(result instanceof Promise)) {
      this.#leave();
      return result;
    }
    return result.then(
      (value) => {
        this.#leave();
        return value;
      },
      (thrown) => {
        this.#leave();
        throw thrown;
      },
    );
  }

  #leave(): void {
    this.#commits--;
    if (this.#commits > 0) return;
    const listeners = this.#idleListeners;
    if (listeners.length === 0) return;
    this.#idleListeners = [];
    for (const listener of listeners) listener();
  }
}

/** An engine whose commits ask a lock first, and tell a watch afterwards what they changed. Reads do not notice it. */
export class LockableEngine implements StorageEngine {
  readonly capabilities: EngineCapabilities;
  readonly #engine: StorageEngine;
  readonly #lock: WriteLock;
  readonly #watch: TableWatch | undefined;

  constructor(engine: StorageEngine, lock: WriteLock, watch?: TableWatch) {
    this.capabilities = engine.capabilities;
    this.#engine = engine;
    this.#lock = lock;
    this.#watch = watch;
  }

  begin(options?: BeginOptions): MaybePromise<StorageTransaction> {
    const begun = this.#engine.begin(options);
    if (options?.readOnly === true || options?.snapshot !== undefined) return begun;
    if (begun instanceof Promise) return begun.then((transaction) => this.#lockable(transaction));
    return this.#lockable(begun);
  }

  #lockable(transaction: StorageTransaction): StorageTransaction {
    return new LockableTransaction(transaction, this.#lock, this.#watch);
  }

  pin(): MaybePromise<Snapshot> {
    return this.#engine.pin();
  }

  dropTables(tables: readonly TableId[]): MaybePromise<void> {
    return this.#lock.run(() => this.#engine.dropTables(tables));
  }

  tableSize(table: TableId): MaybePromise<{ records: number; bytes: number }> {
    return this.#engine.tableSize(table);
  }

  flush(): MaybePromise<void> {
    return this.#engine.flush();
  }

  statistics(): EngineStatistics {
    return this.#engine.statistics();
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

class LockableTransaction implements StorageTransaction {
  readonly #transaction: StorageTransaction;
  readonly #lock: WriteLock;
  readonly #watch: TableWatch | undefined;
  #hasWritten = false;
  /** Statements that concern the watch; undefined where there was none yet. */
  #watched: (readonly Write[])[] | undefined = undefined;

  constructor(transaction: StorageTransaction, lock: WriteLock, watch: TableWatch | undefined) {
    this.#transaction = transaction;
    this.#lock = lock;
    this.#watch = watch;
  }

  get(table: TableId, key: Key): MaybePromise<Buffer | undefined> {
    return this.#transaction.get(table, key);
  }

  getMany(table: TableId, keys: readonly Key[]): MaybePromise<(Buffer | undefined)[]> {
    return this.#transaction.getMany(table, keys);
  }

  scan(table: TableId, range: KeyRange, options: ScanOptions): MaybePromise<ScanBatch> {
    return this.#transaction.scan(table, range, options);
  }

  write(writes: readonly Write[]): MaybePromise<void> {
    this.#hasWritten = true;
    if (this.#watch?.concerns(writes) === true) {
      this.#watched ??= [];
      this.#watched.push(writes);
    }
    return this.#transaction.write(writes);
  }

  commit(durability: Durability): MaybePromise<void> {
    if (!this.#hasWritten) return this.#transaction.commit(durability);
    const committed = this.#lock.run(() => this.#transaction.commit(durability));
    const [watch, watched] = [this.#watch, this.#watched];
    if (watch === undefined || watched === undefined) return committed;
    return Promise.resolve(committed).then(() => watch.tell(watched.flat()));
  }

  abort(): void {
    this.#transaction.abort();
  }
}
