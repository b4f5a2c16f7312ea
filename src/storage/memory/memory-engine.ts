import { invariant } from '../../error/invariant.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type Claimant, ConflictBook } from '../conflict-book.ts';
import type {
  BeginOptions,
  EngineCapabilities,
  EngineStatistics,
  Snapshot,
  StorageEngine,
  TableId,
  Write,
} from '../engine.ts';
import { type OpenSnapshot, OpenSnapshots } from '../open-snapshots.ts';
import type { WriteSet } from '../write-set.ts';
import { MemoryTable, type OldTree, type RecordTree } from './memory-table.ts';
import { type MemoryStore, MemoryTransaction } from './memory-transaction.ts';

const capabilities: EngineCapabilities = {
  name: 'memory',
  durable: false,
  sharedBetweenNodes: false,
  keyBytes: Number.MAX_SAFE_INTEGER,
};

class PinnedSnapshot implements Snapshot {
  readonly snapshot: OpenSnapshot;
  readonly #release: () => void;
  #isReleased = false;

  constructor(snapshot: OpenSnapshot, release: () => void) {
    this.snapshot = snapshot;
    this.#release = release;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#release();
  }
}

/** The engine that keeps everything in memory and forgets it at the end. No answer is ever a promise, except `close`. */
export class MemoryEngine implements StorageEngine, MemoryStore {
  readonly capabilities = capabilities;
  readonly #tables = new Map<TableId, MemoryTable>();
  readonly #snapshots = new OpenSnapshots();
  /** Old states by the newest snapshot that reads them. */
  readonly #oldTrees = new Map<OpenSnapshot, OldTree[]>();
  readonly #book = new ConflictBook();
  /** Number of the newest commit. */
  #sequence = 0;
  #commits = 0;
  #openTransactions = 0;
  #pinnedSnapshots = 0;
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  begin(options?: BeginOptions): MemoryTransaction {
    this.#requireOpen();
    const pinned = options?.snapshot;
    if (pinned !== undefined) return this.#beginPinned(pinned);
    const claimant = options?.readOnly === true ? undefined : this.#book.open(this.#sequence, options?.owner);
    this.#openTransactions++;
    return new MemoryTransaction(this, this.#snapshots.take(this.#sequence), claimant);
  }

  pin(): Snapshot {
    this.#requireOpen();
    const snapshot = this.#snapshots.take(this.#sequence);
    this.#pinnedSnapshots++;
    return new PinnedSnapshot(snapshot, () => {
      this.#pinnedSnapshots--;
      this.#release(snapshot);
    });
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
      conflicts: this.#book.conflicts,
      storedBytes: 0,
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#book.close();
    this.#tables.clear();
    this.#oldTrees.clear();
    this.#openTransactions = 0;
    this.#pinnedSnapshots = 0;
  }

  treeAt(table: TableId, sequence: number): RecordTree | undefined {
    return this.#tables.get(table)?.treeAt(sequence);
  }

  claim(claimant: Claimant, statement: readonly Write[]): void {
    this.#book.claim(claimant, statement);
  }

  end(transaction: { snapshot: OpenSnapshot; claimant: Claimant | undefined }, writes: WriteSet | undefined): void {
    const { snapshot, claimant } = transaction;
    this.#openTransactions--;
    // The own snapshot goes first: nobody has to keep an old state for its sake.
    this.#release(snapshot);
    if (writes !== undefined) this.#apply(writes);
    if (claimant === undefined) return;
    if (writes === undefined) this.#book.withdraw(claimant);
    else this.#book.settle(claimant, this.#sequence);
  }

  #apply(writes: WriteSet): void {
    const sequence = ++this.#sequence;
    this.#commits++;
    const newest = this.#snapshots.newest;
    writes.forEach(({ table: id, key, value }) => {
      let table = this.#tables.get(id);
      if (table === undefined) {
        table = new MemoryTable(id, sequence);
        this.#tables.set(id, table);
      } else this.#keep(table.beginChange(sequence, newest));
      if (value === undefined) table.remove(key);
      else table.put(key, value);
    });
  }

  #beginPinned(pinned: Snapshot): MemoryTransaction {
    invariant(pinned instanceof PinnedSnapshot, 'a snapshot is read by the engine that pinned it');
    if (pinned.isReleased) throw new MongoError('SnapshotTooOld', 'The snapshot has been released');
    this.#openTransactions++;
    pinned.snapshot.holders++;
    return new MemoryTransaction(this, pinned.snapshot, undefined);
  }

  #keep(old: OldTree | undefined): void {
    const newest = this.#snapshots.newest;
    if (old !== undefined && newest !== undefined) this.#keepFor(newest, old);
  }

  #release(snapshot: OpenSnapshot): void {
    if (this.#isClosed) return;
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

  #keepFor(snapshot: OpenSnapshot, old: OldTree): void {
    const kept = this.#oldTrees.get(snapshot);
    if (kept === undefined) this.#oldTrees.set(snapshot, [old]);
    else kept.push(old);
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new MongoError('InterruptedAtShutdown', 'The storage engine has been closed');
  }
}
