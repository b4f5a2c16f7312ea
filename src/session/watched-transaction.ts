import {
  contestedName,
  type Durability,
  type Key,
  type KeyRange,
  type MaybePromise,
  type ScanBatch,
  type ScanOptions,
  type StorageTransaction,
  type TableId,
  type Write,
  type WriteNote,
} from '../storage/engine.ts';

/** A storage transaction that knows what was done through it, and that can begin anew under the same name. */
export class WatchedTransaction implements StorageTransaction {
  #inner: StorageTransaction;
  /** Whether anybody has read or written anything. */
  isTouched = false;
  /** Number of records written, and the bytes of their keys and values. */
  records = 0;
  bytes = 0;
  /** The `contestedName` of a record that somebody wants to know the writing of, and whether it was written since. */
  #watched: string | undefined = undefined;
  #hasWrittenWatched = false;
  /** What its writes mean, in their order; undefined where none came with a note. */
  notes: WriteNote[] | undefined = undefined;

  constructor(inner: StorageTransaction) {
    this.#inner = inner;
  }

  get hasWritten(): boolean {
    return this.records > 0 || this.notes !== undefined;
  }

  get(table: TableId, key: Key): MaybePromise<Buffer | undefined> {
    this.isTouched = true;
    return this.#inner.get(table, key);
  }

  getMany(table: TableId, keys: readonly Key[]): MaybePromise<(Buffer | undefined)[]> {
    this.isTouched = true;
    return this.#inner.getMany(table, keys);
  }

  scan(table: TableId, range: KeyRange, options: ScanOptions): MaybePromise<ScanBatch> {
    this.isTouched = true;
    return this.#inner.scan(table, range, options);
  }

  write(writes: readonly Write[], note?: WriteNote): MaybePromise<void> {
    this.isTouched = true;
    this.records += writes.length;
    for (const write of writes) this.bytes += write.key.length + (write.value?.length ?? 0);
    if (this.#watched !== undefined && !this.#hasWrittenWatched) {
      this.#hasWrittenWatched = writes.some((write) => contestedName(write) === this.#watched);
    }
    const written = this.#inner.write(writes);
    if (note === undefined) return written;
    // A statement that lost a conflict wrote nothing, so its note counts only now.
    if (written instanceof Promise) return written.then(() => this.#keep(note));
    this.#keep(note);
  }

  #keep(note: WriteNote): void {
    if (this.notes === undefined) this.notes = [note];
    else this.notes.push(note);
  }

  /** From now on `hasWrittenWatched` answers for this record. */
  watch(contested: string | undefined): void {
    this.#watched = contested;
    this.#hasWrittenWatched = false;
  }

  get hasWrittenWatched(): boolean {
    return this.#hasWrittenWatched;
  }

  commit(durability: Durability): MaybePromise<void> {
    return this.#inner.commit(durability);
  }

  /** Drops what was written and goes on with another transaction, on its snapshot. */
  restart(fresh: StorageTransaction): void {
    this.#inner.abort();
    this.#inner = fresh;
    this.records = 0;
    this.bytes = 0;
    this.notes = undefined;
    this.isTouched = false;
  }

  abort(): void {
    this.#inner.abort();
  }
}
