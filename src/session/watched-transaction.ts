import type {
  Durability,
  Key,
  KeyRange,
  MaybePromise,
  ScanBatch,
  ScanOptions,
  StorageTransaction,
  TableId,
  Write,
} from '../storage/engine.ts';

/** A storage transaction that counts what is written through it. */
export class WatchedTransaction implements StorageTransaction {
  readonly #inner: StorageTransaction;
  /** Number of records written, and the bytes of their keys and values. */
  records = 0;
  bytes = 0;

  constructor(inner: StorageTransaction) {
    this.#inner = inner;
  }

  get hasWritten(): boolean {
    return this.records > 0;
  }

  get(table: TableId, key: Key): MaybePromise<Buffer | undefined> {
    return this.#inner.get(table, key);
  }

  getMany(table: TableId, keys: readonly Key[]): MaybePromise<(Buffer | undefined)[]> {
    return this.#inner.getMany(table, keys);
  }

  scan(table: TableId, range: KeyRange, options: ScanOptions): MaybePromise<ScanBatch> {
    return this.#inner.scan(table, range, options);
  }

  write(writes: readonly Write[]): MaybePromise<void> {
    this.records += writes.length;
    for (const write of writes) this.bytes += write.key.length + (write.value?.length ?? 0);
    return this.#inner.write(writes);
  }

  commit(durability: Durability): MaybePromise<void> {
    return this.#inner.commit(durability);
  }

  abort(): void {
    this.#inner.abort();
  }
}
