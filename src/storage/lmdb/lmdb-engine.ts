/**
 * The durable engine: LMDB underneath, snapshots for free, one flush for all commits that arrive together.
 *
 *   begin ─ view of the newest state, shared by all who begin between two commits
 *   write ─ claimed in the conflict book, kept in memory
 *   commit ─ group ─► LMDB's thread ─► visible: sequence + 1, claims settle, the next begin takes a new view
 *
 * A view is at least as new as the sequence it is filed under. It may hold a commit whose news is still on its way to us;
 * that one's keys are then still claimed, so that nobody overwrites what he may not have seen.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../clock/clock.ts';
import type { MongoError } from '../../error/mongo-error.ts';
import { BufferedTransaction, closedError, type TransactionStore } from '../buffered-transaction.ts';
import { type Claimant, ConflictBook } from '../conflict-book.ts';
import {
  type BeginOptions,
  type Durability,
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
import { PinnedSnapshot, requirePinned } from '../pinned-snapshot.ts';
import type { WriteSet } from '../write-set.ts';
import { type CommitGroup, CommitGroups } from './commit-group.ts';
import { DroppedTables } from './dropped-tables.ts';
import { dataFile } from './file-name.ts';
import { translateCommitError } from './lmdb-error.ts';
import { decodeOwnRecord, ownTable } from './own-record.ts';
import type { ProcessLock } from './process-lock.ts';
import type { FileSnapshot, RecordStore } from './record-store.ts';
import { addChange, emptySize } from './table-size.ts';

/** A state of the store and how many read it. */
interface View {
  readonly file: FileSnapshot;
  readonly sequence: number;
  holders: number;
}

const emptyBatch: ScanBatch = { keys: [], values: [], more: false };

export class LmdbEngine implements StorageEngine, TransactionStore<View> {
  readonly capabilities: EngineCapabilities = {
    name: 'lmdb',
    durable: true,
    sharedBetweenNodes: false,
    keyBytes: longestKeyBytes,
  };
  readonly book = new ConflictBook();
  readonly #directory: string;
  readonly #lock: ProcessLock;
  readonly #store: RecordStore;
  readonly #groups: CommitGroups;
  readonly #dropped: DroppedTables;
  readonly #pins = new WeakSet<Snapshot>();
  readonly #views = new Set<View>();
  /** The view of the newest state, once somebody asked for it. */
  #newest: View | undefined;
  /** Number of commits that are visible. */
  #sequence = 0;
  #commits = 0;
  #openTransactions = 0;
  #pinnedSnapshots = 0;
  #closing: Promise<void> | undefined;

  /** For a store that has been opened and checked; see `openLmdbEngine`. */
  constructor(directory: string, lock: ProcessLock, store: RecordStore, clock: Clock) {
    this.#directory = directory;
    this.#lock = lock;
    this.#store = store;
    const translate = (thrown: unknown): Promise<MongoError> => translateCommitError(thrown, directory);
    this.#groups = new CommitGroups(store, clock, translate, () => this.#dropIdleView());
    this.#dropped = new DroppedTables(store, this.#groups, clock, () => this.#advance());
    this.#loadOwnRecords();
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  begin(options?: BeginOptions): StorageTransaction {
    this.#requireOpen();
    const pinned = options?.snapshot;
    if (pinned !== undefined) {
      const view = requirePinned<View>(pinned, this.#pins).requireState();
      view.holders++;
      this.#openTransactions++;
      return new BufferedTransaction(this, view, undefined);
    }
    const view = this.#enter();
    this.#openTransactions++;
    const claimant = options?.readOnly === true ? undefined : this.book.open(view.sequence, options?.owner);
    return new BufferedTransaction(this, view, claimant);
  }

  pin(): Snapshot {
    this.#requireOpen();
    const pinned = new PinnedSnapshot(this.#enter(), (view) => {
      if (this.isClosed) return;
      this.#pinnedSnapshots--;
      this.#leave(view);
    });
    this.#pinnedSnapshots++;
    this.#pins.add(pinned);
    return pinned;
  }

  dropTables(tables: readonly TableId[]): Promise<void> {
    this.#requireOpen();
    return this.#dropped.drop(tables);
  }

  tableSize(table: TableId): { records: number; bytes: number } {
    this.#requireOpen();
    return this.#dropped.hides(table, this.#sequence) ? emptySize : this.#groups.sizes.get(table);
  }

  flush(): Promise<void> {
    this.#requireOpen();
    return this.#groups.drain();
  }

  statistics(): EngineStatistics {
    return {
      openTransactions: this.#openTransactions,
      pinnedSnapshots: this.#pinnedSnapshots,
      commits: this.#commits,
      conflicts: this.book.conflicts,
      storedBytes: statSync(path.join(this.#directory, dataFile), { throwIfNoEntry: false })?.size ?? 0,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get(view: View, table: TableId, key: Key): Buffer | undefined {
    return this.#dropped.hides(table, view.sequence) ? undefined : this.#store.get(view.file, table, key);
  }

  scan(view: View, table: TableId, range: KeyRange, options: ScanOptions): ScanBatch {
    return this.#dropped.hides(table, view.sequence) ? emptyBatch : this.#store.scan(view.file, table, range, options);
  }

  commit(view: View, claimant: Claimant, writes: WriteSet, durability: Durability): Promise<void> {
    const member = {
      settle: () => {
        this.#commits++;
        this.book.settle(claimant, this.#advance());
      },
      fail: () => this.book.withdraw(claimant),
    };
    const outcome = this.#groups.commit(durability, (group) => {
      group.members.push(member);
      this.#fill(group, view, writes);
    });
    this.release(view);
    return outcome;
  }

  release(view: View): void {
    this.#openTransactions--;
    this.#leave(view);
  }

  #fill(group: CommitGroup, view: View, writes: WriteSet): void {
    writes.forEachKey((write) => {
      const { table, key, value, replaces } = write;
      const before = replaces === 'nothing' ? undefined : (replaces ?? this.#store.measure(view.file, table, key));
      const records = (value === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
      const bytes =
        (value === undefined ? 0 : key.length + value.length) - (before === undefined ? 0 : key.length + before);
      if (records !== 0 || bytes !== 0) addChange(group.sizeChanges, table, records, bytes);
      group.write(write);
    });
  }

  /** The newest state changes: who begins from now on gets a new view. Answers its sequence. */
  #advance(): number {
    this.#dropIdleView();
    this.#newest = undefined;
    return ++this.#sequence;
  }

  /** Lets LMDB use the pages again that only a view without readers could see. */
  #dropIdleView(): void {
    const newest = this.#newest;
    if (newest === undefined || newest.holders > 0) return;
    this.#newest = undefined;
    this.#finish(newest);
  }

  #enter(): View {
    if (this.#newest === undefined) {
      this.#newest = { file: this.#store.takeSnapshot(), sequence: this.#sequence, holders: 0 };
      this.#views.add(this.#newest);
    }
    this.#newest.holders++;
    return this.#newest;
  }

  #leave(view: View): void {
    view.holders--;
    if (view.holders === 0 && view !== this.#newest) this.#finish(view);
  }

  #finish(view: View): void {
    this.#views.delete(view);
    this.#store.letGo(view.file);
    // Views are made in the order of their sequence, so that the first of them is the oldest.
    const [oldest] = this.#views;
    this.#dropped.forgetBefore(oldest?.sequence ?? this.#sequence);
  }

  #loadOwnRecords(): void {
    const snapshot = this.#store.takeSnapshot();
    let lower: Key = '';
    for (let more = true; more; ) {
      const batch = this.#store.scan(snapshot, ownTable, { lower, lowerExclusive: true }, { limit: 1000 });
      for (const [index, key] of batch.keys.entries()) {
        lower = key;
        const record = decodeOwnRecord(key, batch.values[index] ?? Buffer.alloc(0));
        // Marks of dropped tables come first, in the order of keys.
        if (record.kind === 'drop') this.#dropped.resume(record.table);
        else if (record.kind === 'size' && !this.#dropped.hides(record.table, this.#sequence)) {
          this.#groups.sizes.load(record.table, record.size);
        }
      }
      more = batch.more;
    }
    this.#store.letGo(snapshot);
  }

  async #close(): Promise<void> {
    // First of all lets `isClosed` become true, so that nothing new begins.
    await Promise.resolve();
    this.book.close();
    await this.#dropped.stop();
    await this.#groups.drain();
    for (const view of this.#views) this.#store.letGo(view.file);
    this.#views.clear();
    this.#openTransactions = 0;
    this.#pinnedSnapshots = 0;
    await this.#store.close();
    await this.#lock.release();
  }

  #requireOpen(): void {
    if (this.isClosed) throw closedError();
  }
}
