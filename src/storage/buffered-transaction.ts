/**
 * The transaction of the embedded engines: reads come from a snapshot that the engine provides, writes wait in memory,
 * claimed in the conflict book, until the commit hands them over all at once.
 */
import { invariant } from '../error/invariant.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Claimant, ConflictBook } from './conflict-book.ts';
import type {
  Durability,
  EngineCapabilities,
  Key,
  KeyRange,
  MaybePromise,
  ScanBatch,
  ScanOptions,
  StorageTransaction,
  TableId,
  Write,
} from './engine.ts';
import { scanThrough, WriteSet } from './write-set.ts';

/** What a transaction asks of its engine. `Scope` is what the engine remembers of one transaction: its snapshot above all. */
export interface TransactionStore<Scope> {
  readonly capabilities: EngineCapabilities;
  readonly book: ConflictBook;
  readonly isClosed: boolean;
  /** The stored record, without own writes. */
  get(scope: Scope, table: TableId, key: Key): Buffer | undefined;
  /** Stored records, without own writes. */
  scan(scope: Scope, table: TableId, range: KeyRange, options: ScanOptions): ScanBatch;
  /** Commits the writes and ends the transaction, claims included. */
  commit(scope: Scope, claimant: Claimant, writes: WriteSet, durability: Durability): MaybePromise<void>;
  /** Ends a transaction that wrote nothing or is dropped, its claims excluded. */
  release(scope: Scope): void;
}

/** What every call on a closed engine or on its transactions throws. */
export function closedError(): MongoError {
  return new MongoError('InterruptedAtShutdown', 'The storage engine has been closed');
}

export class BufferedTransaction<Scope> implements StorageTransaction {
  readonly #store: TransactionStore<Scope>;
  readonly #scope: Scope;
  /** Undefined for a transaction that promised not to write. */
  readonly #claimant: Claimant | undefined;
  #writes: WriteSet | undefined;
  #isOpen = true;

  constructor(store: TransactionStore<Scope>, scope: Scope, claimant: Claimant | undefined) {
    this.#store = store;
    this.#scope = scope;
    this.#claimant = claimant;
  }

  get(table: TableId, key: Key): Buffer | undefined {
    this.#requireOpen();
    const own = this.#writes?.find(table, key);
    return own === undefined ? this.#store.get(this.#scope, table, key) : own.value;
  }

  getMany(table: TableId, keys: readonly Key[]): (Buffer | undefined)[] {
    return keys.map((key) => this.get(table, key));
  }

  scan(table: TableId, range: KeyRange, options: ScanOptions): ScanBatch {
    this.#requireOpen();
    const own = this.#writes?.ordered(table);
    if (own === undefined) return this.#store.scan(this.#scope, table, range, options);
    return scanThrough(own, range, options, (storedRange, storedOptions) =>
      this.#store.scan(this.#scope, table, storedRange, storedOptions),
    );
  }

  write(writes: readonly Write[]): void {
    this.#requireOpen();
    invariant(this.#claimant !== undefined, 'a read-only transaction does not write');
    if (writes.length === 0) return;
    const { keyBytes } = this.#store.capabilities;
    for (let at = 0; at < writes.length; at++) {
      invariant((writes[at] as Write).key.length <= keyBytes, 'a key is no longer than the engine says');
    }
    this.#store.book.claim(this.#claimant, writes);
    this.#writes ??= new WriteSet();
    this.#writes.add(writes);
  }

  commit(durability: Durability): MaybePromise<void> {
    this.#requireOpen();
    this.#isOpen = false;
    if (this.#claimant !== undefined && this.#writes !== undefined) {
      return this.#store.commit(this.#scope, this.#claimant, this.#writes, durability);
    }
    this.#end();
  }

  abort(): void {
    if (!this.#isOpen || this.#store.isClosed) return;
    this.#isOpen = false;
    this.#end();
  }

  #end(): void {
    this.#store.release(this.#scope);
    if (this.#claimant !== undefined) this.#store.book.withdraw(this.#claimant);
  }

  #requireOpen(): void {
    invariant(this.#isOpen, 'a storage transaction is not used after its end');
    if (this.#store.isClosed) throw closedError();
  }
}
