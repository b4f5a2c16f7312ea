import { BufferedTransaction, closedError, type TransactionStore } from '../buffered-transaction.ts';
import { type Claimant, ConflictBook } from '../conflict-book.ts';
import {
  type BeginOptions,
  type EngineCapabilities,
  type EngineStatistics,
  type Key,
  type KeyRange,
  longestKeyBytes,
  type ScanBatch,
  type ScanOptions,
  type Snapshot,
  type StorageEngine,
  type StorageTransaction,
  type TableId,
} from '../engine.ts';
import { type OpenSnapshot, OpenSnapshots } from '../open-snapshots.ts';
import { PinnedSnapshot, requirePinned } from '../pinned-snapshot.ts';
import type { WriteSet } from '../write-set.ts';
import { MemoryTable, type OldTree } from './memory-table.ts';
import type { RecordTree } from './record-tree.ts';

const emptyBatch: ScanBatch = { keys: [], values: [], more: false };

/** The engine that keeps everything in memory and forgets it at the end. No answer is ever a promise, except `close`. */
export class MemoryEngine implements StorageEngine, TransactionStore<OpenSnapshot> {
  readonly capabilities: EngineCapabilities = {
    name: 'memory',
    durable: false,
    sharedBetweenNodes: false,
    keyBytes: longestKeyBytes,
  };
  readonly book = new ConflictBook();
  readonly #tables = new Map<TableId, MemoryTable>();
  readonly #snapshots = new OpenSnapshots();
  /** Old states by the newest snapshot that reads them. */
  readonly #oldTrees = new Map<OpenSnapshot, OldTree[]>();
  readonly #pins = new WeakSet<Snapshot>();
  /** Number of the newest commit. */
  #sequence = 0;
  #commits = 0;
  #openTransactions = 0;
  #pinnedSnapshots = 0;
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  begin(options?: BeginOptions): StorageTransaction {
    this.#requireOpen();
    const pinned = options?.snapshot;
    if (pinned !== undefined) {
      const snapshot = requirePinned<OpenSnapshot>(pinned, this.#pins).requireState();
      snapshot.holders++;
      this.#openTransactions++;
      return new BufferedTransaction(this, snapshot, undefined);
    }
    const claimant = options?.readOnly === true ? undefined : this.book.open(this.#sequence, options?.owner);
    this.#openTransactions++;
    return new BufferedTransaction(this, this.#snapshots.take(this.#sequence), claimant);
  }

  pin(): Snapshot {
    this.#requireOpen();
    this.#pinnedSnapshots++;
    const pinned = new PinnedSnapshot(this.#snapshots.take(this.#sequence), (snapshot) => {
      if (this.#isClosed) return;
      this.#pinnedSnapshots--;
      this.#leave(snapshot);
    });
    this.#pins.add(pinned);
    return pinned;
  }

  dropTables(tables: readonly TableId[]): void {
    this.#requireOpen();
    const sequence = ++this.#sequence;
    for (const id of tables) {
      const table = this.#tables.get(id);
      if (table === undefined) continue;
      this.#keep(table.beginEmpty(sequence, this.#snapshots.newest));
      if (table.isVacant) this.#tables.delete(id);
    }
  }

  tableSize(table: TableId): { records: number; bytes: number } {
    this.#requireOpen();
    const found = this.#tables.get(table);
    return { records: found?.records ?? 0, bytes: found?.bytes ?? 0 };
  }

  flush(): void {
    this.#requireOpen();
  }

  statistics(): EngineStatistics {
    return {
      openTransactions: this.#openTransactions,
      pinnedSnapshots: this.#pinnedSnapshots,
      commits: this.#commits,
      conflicts: this.book.conflicts,
      storedBytes: 0,
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.book.close();
    this.#tables.clear();
    this.#oldTrees.clear();
    this.#openTransactions = 0;
    this.#pinnedSnapshots = 0;
  }

  get(snapshot: OpenSnapshot, table: TableId, key: Key): Buffer | undefined {
    return this.#tables.get(table)?.treeAt(snapshot.sequence)?.get(key);
  }

  scan(snapshot: OpenSnapshot, table: TableId, range: KeyRange, options: ScanOptions): ScanBatch {
    const tree = this.#tables.get(table)?.treeAt(snapshot.sequence);
    return tree === undefined ? emptyBatch : scanTree(tree, range, options);
  }

  commit(snapshot: OpenSnapshot, claimant: Claimant, writes: WriteSet): void {
    // The own snapshot goes first: nobody has to keep an old state for its sake.
    this.release(snapshot);
    const sequence = ++this.#sequence;
    this.#commits++;
    const newest = this.#snapshots.newest;
    writes.forEach(({ table: id, key, value, replaces }) => {
      let table = this.#tables.get(id);
      if (table === undefined) {
        table = new MemoryTable(id, sequence);
        this.#tables.set(id, table);
      } else this.#keep(table.beginChange(sequence, newest));
      if (value === undefined) table.remove(key, replaces);
      else table.put(key, value, replaces);
    });
    this.book.settle(claimant, sequence);
  }

  release(snapshot: OpenSnapshot): void {
    this.#openTransactions--;
    this.#leave(snapshot);
  }

  #leave(snapshot: OpenSnapshot): void {
    const { older } = snapshot;
    if (!this.#snapshots.release(snapshot)) return;
    const trees = this.#oldTrees.get(snapshot);
    if (trees === undefined) return;
    this.#oldTrees.delete(snapshot);
    for (const old of trees) {
      if (older !== undefined && older.sequence >= old.since) this.#keepFor(older, old);
      else this.#forget(old);
    }
  }

  #forget(old: OldTree): void {
    const { table } = old;
    table.forget(old);
    if (table.isVacant) this.#tables.delete(table.id);
  }

  #keep(old: OldTree | undefined): void {
    const newest = this.#snapshots.newest;
    if (old !== undefined && newest !== undefined) this.#keepFor(newest, old);
  }

  #keepFor(snapshot: OpenSnapshot, old: OldTree): void {
    const kept = this.#oldTrees.get(snapshot);
    if (kept === undefined) this.#oldTrees.set(snapshot, [old]);
    else kept.push(old);
  }

  #requireOpen(): void {
    if (this.#isClosed) throw closedError();
  }
}

function scanTree(tree: RecordTree, range: KeyRange, options: ScanOptions): ScanBatch {
  const { limit } = options;
  const keys: Key[] = [];
  const values: Buffer[] = [];
  let more = false;
  tree.walk(range, options.reverse === true, (key, value) => {
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
