/**
 * Records and bytes of every table, exact and known without counting: each commit knows what it adds and takes away,
 * because what its snapshot holds under the keys that it has claimed is what everyone holds.
 *
 * Sizes are written in the same LMDB transaction as the records, once per group of commits. Groups are on their way to
 * disk one behind the other, so two figures are kept: what is visible, and what will be once all of them are.
 */
import type { TableId } from '../engine.ts';

export interface TableSize {
  readonly records: number;
  readonly bytes: number;
}

/** The size of a table that nobody wrote to. */
export const emptySize: TableSize = { records: 0, bytes: 0 };

/** Changes of sizes that belong together. */
export type SizeChanges = Map<TableId, TableSize>;

/** Adds to the changes of a table. */
export function addChange(changes: SizeChanges, table: TableId, records: number, bytes: number): void {
  const change = changes.get(table) ?? emptySize;
  changes.set(table, { records: change.records + records, bytes: change.bytes + bytes });
}

export class TableSizes {
  readonly #visible = new Map<TableId, TableSize>();
  readonly #expected = new Map<TableId, TableSize>();
  /** Tables whose written size may be wrong since a group failed. */
  readonly #doubtful = new Set<TableId>();

  /** Enters a size read from disk. */
  load(table: TableId, size: TableSize): void {
    this.#visible.set(table, size);
    this.#expected.set(table, size);
  }

  /** The size that everyone can see. */
  get(table: TableId): TableSize {
    return this.#visible.get(table) ?? emptySize;
  }

  /** A group is about to be written: the sizes to write with it. */
  expect(changes: SizeChanges): SizeChanges {
    for (const table of this.#doubtful) addChange(changes, table, 0, 0);
    this.#doubtful.clear();
    const sizes: SizeChanges = new Map();
    for (const [table, change] of changes) sizes.set(table, shift(this.#expected, table, change, 1));
    return sizes;
  }

  /** The group has become visible. */
  settle(changes: SizeChanges): void {
    for (const [table, change] of changes) shift(this.#visible, table, change, 1);
  }

  /** The group has failed. Sizes written behind it counted on it, so they are written again with the next group. */
  fail(changes: SizeChanges): void {
    for (const [table, change] of changes) {
      shift(this.#expected, table, change, -1);
      this.#doubtful.add(table);
    }
  }

  /** The table is gone. */
  forget(table: TableId): void {
    this.#visible.delete(table);
    this.#expected.delete(table);
    this.#doubtful.delete(table);
  }
}

function shift(sizes: Map<TableId, TableSize>, table: TableId, change: TableSize, sign: 1 | -1): TableSize {
  const before = sizes.get(table) ?? emptySize;
  const after = { records: before.records + sign * change.records, bytes: before.bytes + sign * change.bytes };
  sizes.set(table, after);
  return after;
}
