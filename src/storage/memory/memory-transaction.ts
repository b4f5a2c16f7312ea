import { invariant } from '../../error/invariant.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Claimant } from '../conflict-book.ts';
import type { Key, KeyRange, ScanBatch, ScanOptions, StorageTransaction, TableId, Write } from '../engine.ts';
import type { OpenSnapshot } from '../open-snapshots.ts';
import { walkRange } from '../ordered-map.ts';
import { scanThrough, WriteSet } from '../write-set.ts';
import type { RecordTree } from './memory-table.ts';

/** What a transaction asks of its engine. */
export interface MemoryStore {
  readonly isClosed: boolean;
  treeAt(table: TableId, sequence: number): RecordTree | undefined;
  claim(claimant: Claimant, statement: readonly Write[]): void;
  /** Ends the transaction; commits what it wrote where `writes` is given. */
  end(transaction: { snapshot: OpenSnapshot; claimant: Claimant | undefined }, writes: WriteSet | undefined): void;
}

const emptyBatch: ScanBatch = { keys: [], values: [], more: false };

/** A transaction on trees in memory: every answer comes at once. */
export class MemoryTransaction implements StorageTransaction {
  readonly #store: MemoryStore;
  readonly snapshot: OpenSnapshot;
  /** Undefined for a transaction that promised not to write. */
  readonly claimant: Claimant | undefined;
  #writes: WriteSet | undefined;
  #isOpen = true;

  constructor(store: MemoryStore, snapshot: OpenSnapshot, claimant: Claimant | undefined) {
    this.#store = store;
    this.snapshot = snapshot;
    this.claimant = claimant;
  }

  get(table: TableId, key: Key): Buffer | undefined {
    this.#requireOpen();
    const own = this.#writes?.find(table, key);
    if (own !== undefined) return own.value;
    return this.#store.treeAt(table, this.snapshot.sequence)?.get(key);
  }

  getMany(table: TableId, keys: readonly Key[]): (Buffer | undefined)[] {
    this.#requireOpen();
    const tree = this.#store.treeAt(table, this.snapshot.sequence);
    const writes = this.#writes;
    if (writes === undefined) return keys.map((key) => tree?.get(key));
    return keys.map((key) => {
      const own = writes.find(table, key);
      return own === undefined ? tree?.get(key) : own.value;
    });
  }

  scan(table: TableId, range: KeyRange, options: ScanOptions): ScanBatch {
    this.#requireOpen();
    const tree = this.#store.treeAt(table, this.snapshot.sequence);
    const own = this.#writes?.ordered(table);
    if (own === undefined) return scanTree(tree, range, options);
    return scanThrough(own, range, options, (storedRange, storedOptions) => scanTree(tree, storedRange, storedOptions));
  }

  write(writes: readonly Write[]): void {
    this.#requireOpen();
    invariant(this.claimant !== undefined, 'a read-only transaction does not write');
    if (writes.length === 0) return;
    this.#store.claim(this.claimant, writes);
    this.#writes ??= new WriteSet();
    this.#writes.add(writes);
  }

  commit(): void {
    this.#requireOpen();
    this.#isOpen = false;
    this.#store.end(this, this.#writes);
  }

  abort(): void {
    if (!this.#isOpen || this.#store.isClosed) return;
    this.#isOpen = false;
    this.#store.end(this, undefined);
  }

  #requireOpen(): void {
    invariant(this.#isOpen, 'a storage transaction is not used after its end');
    if (this.#store.isClosed) throw new MongoError('InterruptedAtShutdown', 'The storage engine has been closed');
  }
}

function scanTree(tree: RecordTree | undefined, range: KeyRange, options: ScanOptions): ScanBatch {
  if (tree === undefined) return emptyBatch;
  const { limit } = options;
  const keys: Key[] = [];
  const values: Buffer[] = [];
  let more = false;
  walkRange(tree, range, options.reverse === true, (key, value) => {
    if (keys.length === limit) {
      more = true;
      return false;
    }
    keys.push(key);
    values.push(value);
    return true;
  });
  return { keys, values, more };
}
