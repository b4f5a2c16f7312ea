/**
 * Tables that were dropped and whose records are still there. They are marked on disk first, hidden from transactions
 * that begin afterwards, and emptied in slices, each a commit of its own that lets other work in between. A mark that is
 * found when the store opens goes on where it was left. A table stays hidden until the last snapshot is gone that was
 * taken between its drop and its last slice, for such a snapshot still holds some of its records.
 */
import { type Clock, delay, yieldToEvents } from '../../clock/clock.ts';
import type { TableId } from '../engine.ts';
import type { CommitGroups } from './commit-group.ts';
import { dropKey, ownTable, sizeKey } from './own-record.ts';
import type { RecordStore } from './record-store.ts';

/** Records removed in one commit: what takes a few milliseconds. */
const sliceRecords = 1000;
/** How long to wait after a failure, a full disk above all. */
const retryMs = 1000;

const mark = Buffer.alloc(0);

export class DroppedTables {
  readonly #store: RecordStore;
  readonly #groups: CommitGroups;
  readonly #clock: Clock;
  readonly #advance: () => number;
  /** By table, the first sequence that does not see it any more. */
  readonly #hiddenFrom = new Map<TableId, number>();
  /** Tables that are to be emptied, in this order. */
  readonly #full: TableId[] = [];
  /** Emptied tables with the first sequence whose snapshots hold nothing of them, oldest first. */
  readonly #emptied: { readonly table: TableId; readonly since: number }[] = [];
  #emptying: Promise<void> | undefined;
  readonly #stopped: Promise<void>;
  #stop = (): void => undefined;
  #isStopped = false;

  /** `advance` makes the next snapshot a new one and answers its sequence. */
  constructor(store: RecordStore, groups: CommitGroups, clock: Clock, advance: () => number) {
    this.#advance = advance;
    this.#store = store;
    this.#groups = groups;
    this.#clock = clock;
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  /** Whether a snapshot of this sequence must not see the table. */
  hides(table: TableId, sequence: number): boolean {
    if (this.#hiddenFrom.size === 0) return false;
    const hiddenFrom = this.#hiddenFrom.get(table);
    return hiddenFrom !== undefined && sequence >= hiddenFrom;
  }

  /** Drops tables, at once for all who begin from now on; resolves once the marks are on disk. */
  async drop(tables: readonly TableId[]): Promise<void> {
    const dropped = tables.filter((table) => !this.#hiddenFrom.has(table));
    if (dropped.length === 0) return;
    const sequence = this.#advance();
    for (const table of dropped) {
      this.#hiddenFrom.set(table, sequence);
      this.#groups.sizes.forget(table);
    }
    await this.#groups.commit('journaled', (group) => {
      for (const table of dropped) group.put(ownTable, dropKey(table), mark);
    });
    this.#full.push(...dropped);
    this.#startEmptying();
  }

  /** Takes up a mark that was found on disk. */
  resume(table: TableId): void {
    this.#hiddenFrom.set(table, 0);
    this.#full.push(table);
    this.#startEmptying();
  }

  /** Nobody reads a state older than this sequence any more. */
  forgetBefore(oldest: number): void {
    for (let first = this.#emptied[0]; first !== undefined && first.since <= oldest; first = this.#emptied[0]) {
      this.#hiddenFrom.delete(first.table);
      this.#emptied.shift();
    }
  }

  /** Ends the background work after its present slice. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stop();
    await this.#emptying;
  }

  #startEmptying(): void {
    this.#emptying ??= this.#emptyAll().finally(() => {
      this.#emptying = undefined;
    });
  }

  async #emptyAll(): Promise<void> {
    for (let table = this.#full[0]; table !== undefined && !this.#isStopped; table = this.#full[0]) {
      await yieldToEvents();
      try {
        if (!(await this.#removeSlice(table))) await this.#unmark(table);
      } catch {
        // The commit failed and nothing is lost: the mark is still there.
        await Promise.race([delay(this.#clock, retryMs), this.#stopped]);
      }
    }
  }

  /** False when the table was empty. */
  async #removeSlice(table: TableId): Promise<boolean> {
    const snapshot = this.#store.takeSnapshot();
    const keys = this.#store.keys(snapshot, table, sliceRecords);
    this.#store.letGo(snapshot);
    if (keys.length === 0) return false;
    await this.#groups.commit('visible', (group) => {
      for (const key of keys) group.remove(table, key);
    });
    return true;
  }

  async #unmark(table: TableId): Promise<void> {
    await this.#groups.commit('visible', (group) => {
      group.remove(ownTable, sizeKey(table));
      group.remove(ownTable, dropKey(table));
    });
    this.#groups.sizes.forget(table);
    this.#full.shift();
    this.#emptied.push({ table, since: this.#advance() });
  }
}
