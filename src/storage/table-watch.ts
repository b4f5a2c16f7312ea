/**
 * Tells those who keep a table in memory which of its records have changed. They look the records up again rather than
 * trust the order in which they are told: commits that are visible one after the other may be reported otherwise.
 */
import type { Key, TableId, Write } from './engine.ts';

/** Told which records of a table a commit has changed; the committer waits for what it answers. */
export type TableListener = (keys: readonly Key[]) => Promise<void>;

export class TableWatch {
  readonly #listeners = new Map<TableId, TableListener>();

  /** Listens to a table that nobody listens to yet. */
  watch(table: TableId, listener: TableListener): void {
    this.#listeners.set(table, listener);
  }

  unwatch(table: TableId): void {
    this.#listeners.delete(table);
  }

  /** Whether a statement writes to a watched table. Statements that change a document begin with its record. */
  concerns(writes: readonly Write[]): boolean {
    const first = writes[0];
    return this.#listeners.size > 0 && first !== undefined && this.#listeners.has(first.table);
  }

  /** After the commit of these writes. */
  async tell(writes: readonly Write[]): Promise<void> {
    for (const [table, listener] of [...this.#listeners]) {
      const keys = writes.filter((write) => write.table === table).map(({ key }) => key);
      if (keys.length > 0) await listener(keys);
    }
  }
}
