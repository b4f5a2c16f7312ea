/**
 * A small collection whose documents are kept in memory too, parsed and found by name without waiting:
 *
 *   somebody commits a change ─► TableWatch ─► the changed records are read again ─► entries ─► listeners
 *   the collection is made, dropped, renamed ─► Catalog.onCommitted ─► everything is read again
 *
 * Whoever commits a change of its documents waits until it is seen here. Changes are read one after the other, always from
 * the newest state, so that the last one to be told is the one that stays.
 */
import { BsonDocument } from '../bson/value.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Collection } from '../catalog/collection.ts';
import type { StoredRecord } from '../catalog/document-write.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { CollectionWalk } from '../catalog/record-scan.ts';
import type { Log } from '../log.ts';
import type { Key, StorageTransaction, TableId } from '../storage/engine.ts';
import type { TableWatch } from '../storage/table-watch.ts';

export interface MirrorOptions<Entry> {
  readonly catalog: Catalog;
  readonly watch: TableWatch;
  readonly log: Log;
  readonly namespace: Namespace;
  /** Throws where a document is none of the kind; it is passed over then, with a warning in the log. */
  readonly parse: (document: BsonDocument) => Entry;
  /** The name that an entry is found by. */
  readonly nameOf: (entry: Entry) => string;
}

const batchSize = 1000;

export class CollectionMirror<Entry> {
  readonly #options: MirrorOptions<Entry>;
  readonly #byRecord = new Map<Key, Entry>();
  readonly #byName = new Map<string, Entry>();
  readonly #listeners: (() => void)[] = [];
  #table: TableId | undefined = undefined;
  #generation = 0;
  #reading: Promise<void> = Promise.resolve();

  private constructor(options: MirrorOptions<Entry>) {
    this.#options = options;
  }

  /** Reads the collection, which need not exist, and follows it from here on. */
  static async open<Entry>(options: MirrorOptions<Entry>): Promise<CollectionMirror<Entry>> {
    const mirror = new CollectionMirror(options);
    options.catalog.onCommitted((full, entry) => {
      if (full === options.namespace.full) mirror.#follow(entry?.kind === 'collection' ? entry : undefined);
    });
    await mirror.refresh();
    return mirror;
  }

  find(name: string): Entry | undefined {
    return this.#byName.get(name);
  }

  entries(): IterableIterator<Entry> {
    return this.#byName.values();
  }

  get size(): number {
    return this.#byName.size;
  }

  /** Grows with each change of any entry. */
  get generation(): number {
    return this.#generation;
  }

  /** Calls `listener` after each change. */
  onChanged(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Reads everything again. */
  refresh(): Promise<void> {
    return this.#enqueue((transaction) => this.#readAll(transaction));
  }

  #follow(collection: Collection | undefined): void {
    if (collection === undefined) {
      this.#watchTable(undefined);
      this.#clear();
      this.#announce();
    } else if (collection.recordTable !== this.#table) {
      this.#watchTable(collection.recordTable);
      this.refresh().catch((error: unknown) => this.#warn(error, 'could not be read'));
    }
  }

  #watchTable(table: TableId | undefined): void {
    const { watch } = this.#options;
    if (this.#table === table) return;
    if (this.#table !== undefined) watch.unwatch(this.#table);
    this.#table = table;
    if (table !== undefined) {
      watch.watch(table, (keys) => this.#enqueue((transaction) => this.#readSome(transaction, table, keys)));
    }
  }

  #enqueue(read: (transaction: StorageTransaction) => Promise<void>): Promise<void> {
    const done = this.#reading.then(async () => {
      const transaction = await this.#options.catalog.engine.begin({ readOnly: true });
      try {
        await read(transaction);
      } finally {
        transaction.abort();
      }
      this.#announce();
    });
    this.#reading = done.catch(() => undefined);
    return done;
  }

  async #readAll(transaction: StorageTransaction): Promise<void> {
    const { catalog, namespace } = this.#options;
    const collection = catalog.find(undefined, namespace.database, namespace.collection);
    if (collection?.kind !== 'collection') {
      this.#watchTable(undefined);
      this.#clear();
      return;
    }
    this.#watchTable(collection.recordTable);
    const walk = new CollectionWalk(collection);
    const records: StoredRecord[] = [];
    let batch = await walk.next(transaction, batchSize);
    while (batch !== undefined) {
      records.push(...batch);
      batch = await walk.next(transaction, batchSize);
    }
    // All at once: nobody may find a half.
    this.#clear();
    for (const { key, bytes } of records) this.#put(key, bytes);
  }

  async #readSome(transaction: StorageTransaction, table: TableId, keys: readonly Key[]): Promise<void> {
    const distinct = [...new Set(keys)];
    const records = await transaction.getMany(table, distinct);
    // Whoever replaced the collection meanwhile has everything read again.
    if (this.#table !== table) return;
    distinct.forEach((key, at) => {
      this.#put(key, records[at]);
    });
  }

  #put(key: Key, bytes: Buffer | undefined): void {
    const before = this.#byRecord.get(key);
    if (before !== undefined) {
      this.#byRecord.delete(key);
      const name = this.#options.nameOf(before);
      if (this.#byName.get(name) === before) this.#byName.delete(name);
    }
    if (bytes === undefined) return;
    const entry = this.#parse(bytes);
    if (entry === undefined) return;
    this.#byRecord.set(key, entry);
    this.#byName.set(this.#options.nameOf(entry), entry);
  }

  #parse(bytes: Buffer): Entry | undefined {
    try {
      return this.#options.parse(BsonDocument.fromBytes(Buffer.from(bytes)));
    } catch (error) {
      this.#warn(error, 'has a document that cannot be used');
      return undefined;
    }
  }

  #warn(error: unknown, what: string): void {
    this.#options.log.warn({ error, namespace: this.#options.namespace.full }, `the collection ${what}`);
  }

  #clear(): void {
    this.#byRecord.clear();
    this.#byName.clear();
  }

  #announce(): void {
    this.#generation++;
    for (const listener of this.#listeners) listener();
  }
}

/** What all stores are that keep a collection's documents in memory, whatever they find them by. */
export abstract class MirroredStore<Entry> {
  protected readonly mirror: CollectionMirror<Entry>;

  protected constructor(mirror: CollectionMirror<Entry>) {
    this.mirror = mirror;
  }

  entries(): IterableIterator<Entry> {
    return this.mirror.entries();
  }

  get size(): number {
    return this.mirror.size;
  }

  /** Grows with each change of any entry. */
  get generation(): number {
    return this.mirror.generation;
  }

  /** Calls `listener` after each change of any entry. */
  onChanged(listener: () => void): void {
    this.mirror.onChanged(listener);
  }

  /** Reads all of them again. */
  refresh(): Promise<void> {
    return this.mirror.refresh();
  }
}
