/**
 * One table in memory: its newest tree, and the older trees that open snapshots still read.
 *
 *   commit sequence   3        5           9
 *   trees             ├─ old ──┼── old ────┼── newest ─►        a snapshot of 7 reads the second
 *
 * A commit changes the newest tree in place when no open snapshot needs it as it is. Otherwise that tree is set aside and
 * the commit goes on with a successor, which shares every node that it does not touch. A tree set aside hangs on the newest
 * snapshot that reads it; when that one is released it moves to the next older reader or goes away. So nobody ever looks
 * through all tables, all snapshots or all transactions.
 */
import type { Key, TableId, Write } from '../engine.ts';
import type { OpenSnapshot } from '../open-snapshots.ts';
import { NumberedRecords } from './numbered-records.ts';
import { keyedRecordsOf, type RecordTree } from './record-tree.ts';

/** A state of a table that only snapshots read. */
export interface OldTree {
  readonly table: MemoryTable;
  readonly tree: RecordTree;
  /** The commit that made this state. */
  readonly since: number;
}

export class MemoryTable {
  /** Of numbered records for as long as all keys are such. */
  #tree: RecordTree = new NumberedRecords();
  /** The commit that changed the newest tree last. */
  #since: number;
  #bytes = 0;
  /** Oldest first. */
  #old: OldTree[] = [];

  readonly id: TableId;

  constructor(id: TableId, since: number) {
    this.id = id;
    this.#since = since;
  }

  get records(): number {
    return this.#tree.size;
  }

  /** Bytes of all keys and values. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether neither the newest state nor an older one holds anything. */
  get isVacant(): boolean {
    return this.#tree.size === 0 && this.#old.length === 0;
  }

  /** The state as of a commit; undefined before the table's first. */
  treeAt(sequence: number): RecordTree | undefined {
    if (this.#since <= sequence) return this.#tree;
    for (let index = this.#old.length - 1; index >= 0; index--) {
      const old = this.#old[index];
      if (old !== undefined && old.since <= sequence) return old.tree;
    }
    return undefined;
  }

  /** Starts the changes of commit `sequence`. Answers the old state when a snapshot, the newest of which is given, needs it. */
  beginChange(sequence: number, newest: OpenSnapshot | undefined): OldTree | undefined {
    if (this.#since === sequence) return undefined;
    const old = this.#setAside(newest);
    if (old !== undefined) this.#tree = old.tree.successor();
    this.#since = sequence;
    return old;
  }

  /** Empties the table as commit `sequence`; otherwise as `beginChange`. */
  beginEmpty(sequence: number, newest: OpenSnapshot | undefined): OldTree | undefined {
    const old = this.#setAside(newest);
    this.#tree = new NumberedRecords();
    this.#bytes = 0;
    this.#since = sequence;
    return old;
  }

  /** Where the writer knows what it replaces (`Write.replaces`), nobody looks again. */
  put(key: Key, value: Buffer, replaces?: Write['replaces']): void {
    const previous = replaces ?? this.#bytesAt(key);
    this.#bytes += previous === 'nothing' ? key.length + value.length : value.length - previous;
    if (!this.#tree.accepts(key)) this.#tree = keyedRecordsOf(this.#tree);
    this.#tree.set(key, value);
  }

  remove(key: Key, replaces?: Write['replaces']): void {
    const previous = replaces ?? this.#bytesAt(key);
    if (previous === 'nothing') return;
    this.#bytes -= key.length + previous;
    this.#tree.delete(key);
  }

  #bytesAt(key: Key): number | 'nothing' {
    return this.#tree.get(key)?.length ?? 'nothing';
  }

  /** No snapshot reads this old state any more. */
  forget(old: OldTree): void {
    this.#old = this.#old.filter((kept) => kept !== old);
  }

  #setAside(newest: OpenSnapshot | undefined): OldTree | undefined {
    if (newest === undefined || newest.sequence < this.#since || this.isVacant) return undefined;
    const old: OldTree = { table: this, tree: this.#tree, since: this.#since };
    this.#old.push(old);
    return old;
  }
}
