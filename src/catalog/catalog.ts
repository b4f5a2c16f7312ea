/**
 * The catalog: which databases, collections, views and indexes there are. Its records lie in a storage table of their own
 * and change in the same storage transactions as documents do; committed records are kept parsed in memory.
 *
 *   find(transaction, name) ─► made or dropped by this transaction? ─► that
 *                             └────────────────────────────────────► the committed entry
 *   put / remove            ─► record written in the transaction; the committed entries change after its commit
 *
 * A database exists while it has a collection or view. Table numbers are reserved in blocks and never used twice.
 */
import { invariant } from '../error/invariant.ts';
import type { Key, MaybePromise, StorageEngine, StorageTransaction, TableId, Write } from '../storage/engine.ts';
import { firstFreeTable, reservedTables } from '../storage/reserved-tables.ts';
import type { CatalogEntry, Collection } from './collection.ts';
import { DropHistory } from './drop-history.ts';
import { CollectionLocks } from './lock.ts';
import { type Namespace, namespace } from './namespace.ts';
import type { ChangeHooks } from './own-transaction.ts';
import { decodeEntry, encodeEntry } from './record.ts';

/** Table numbers taken at once from the stored counter. */
const tableBlock = 1000;
const tableCounterKey: Key = '\x00tables';
/** Before the first table of indexes that are being built; the value is all of their tables. */
const buildNotePrefix: Key = '\x00build';
const scanBatch = 1000;

type Changes = Map<string, CatalogEntry | undefined>;

export class Catalog {
  readonly engine: StorageEngine;
  readonly locks = new CollectionLocks();
  readonly #databases = new Map<string, Map<string, CatalogEntry>>();
  readonly #pending = new Map<StorageTransaction, Changes>();
  readonly #amending = new Map<string, Promise<void>>();
  readonly #onDropFailure: (thrown: unknown) => void;
  readonly #listeners: ((full: string, entry: CatalogEntry | undefined) => void)[] = [];
  readonly #drops = new DropHistory();
  #version = 0;
  #nextTable = 0;
  #reservedBelow = 0;
  #reservation: Promise<void> | undefined;
  /** Notes of builds of indexes and collections that a crash has ended, with their tables. */
  readonly #leftBuilds = new Map<Key, readonly TableId[]>();

  private constructor(engine: StorageEngine, onDropFailure: (thrown: unknown) => void) {
    this.engine = engine;
    this.#onDropFailure = onDropFailure;
  }

  /** Reads all records of a store. `onDropFailure` is told when tables could not be given back. */
  static async open(engine: StorageEngine, onDropFailure: (thrown: unknown) => void): Promise<Catalog> {
    const catalog = new Catalog(engine, onDropFailure);
    const transaction = await engine.begin({ readOnly: true });
    try {
      await catalog.#load(transaction);
    } finally {
      transaction.abort();
    }
    // Where several nodes share a store, a note may be of a build that is going on.
    if (!engine.capabilities.sharedBetweenNodes) await catalog.#dropLeftBuilds();
    return catalog;
  }

  async #load(transaction: StorageTransaction): Promise<void> {
    let lower: Key = '';
    for (;;) {
      const batch = await transaction.scan(
        reservedTables.catalog,
        { lower, lowerExclusive: lower !== '' },
        { limit: scanBatch },
      );
      batch.keys.forEach((key, at) => {
        const record = batch.values[at] as Buffer;
        if (key === tableCounterKey) this.#reservedBelow = record.readUInt32BE();
        else if (key.startsWith(buildNotePrefix)) this.#leftBuilds.set(key, decodeTables(record));
        else this.#apply(decodeEntry(record, this.locks, 0));
      });
      if (!batch.more) break;
      lower = batch.keys[batch.keys.length - 1] as Key;
    }
    this.#reservedBelow = Math.max(this.#reservedBelow, firstFreeTable);
    this.#nextTable = this.#reservedBelow;
  }

  /** Number of the newest committed change. */
  get version(): number {
    return this.#version;
  }

  /** Whether the collection or view of this name was made, changed or dropped after this version. */
  hasChangedSince(version: number, database: string, collection: string): boolean {
    if (this.#version === version) return false;
    const entry = this.#databases.get(database)?.get(collection);
    if (entry === undefined) return this.#drops.hasSince(version, `${database}.${collection}`);
    return entry.kind === 'collection' && entry.changedAt > version;
  }

  /** The collection or view of this name as the transaction sees it; without one, as committed. */
  find(transaction: StorageTransaction | undefined, database: string, collection: string): CatalogEntry | undefined {
    if (this.#pending.size > 0 && transaction !== undefined) {
      const changes = this.#pending.get(transaction);
      const full = `${database}.${collection}`;
      if (changes?.has(full) === true) return changes.get(full);
    }
    return this.#databases.get(database)?.get(collection);
  }

  /** Everything in a database, by name, as the transaction sees it. */
  list(transaction: StorageTransaction | undefined, database: string): CatalogEntry[] {
    const entries = new Map(this.#databases.get(database));
    const changes = transaction === undefined ? undefined : this.#pending.get(transaction);
    for (const [full, entry] of changes ?? []) {
      if (!full.startsWith(`${database}.`)) continue;
      const name = full.slice(database.length + 1);
      if (entry === undefined) entries.delete(name);
      else entries.set(name, entry);
    }
    return [...entries.values()].sort((a, b) => (a.namespace.collection < b.namespace.collection ? -1 : 1));
  }

  /** Names in a database that some open transaction is making or dropping. */
  pendingNames(database: string): Namespace[] {
    const names = new Map<string, Namespace>();
    for (const changes of this.#pending.values()) {
      for (const full of changes.keys()) {
        if (full.startsWith(`${database}.`)) names.set(full, namespace(database, full.slice(database.length + 1)));
      }
    }
    return [...names.values()];
  }

  /** Names of the databases that exist, sorted. */
  databases(): string[] {
    return [...this.#databases.keys()].sort();
  }

  /** The existing database whose name differs from this one only by case, which MongoDB refuses to create beside it. */
  findDatabaseDifferingInCase(database: string): string | undefined {
    const lower = database.toLowerCase();
    for (const name of this.#databases.keys()) if (name !== database && name.toLowerCase() === lower) return name;
    return undefined;
  }

  /** Writes an entry in this transaction; the others see it after the commit. */
  put(transaction: StorageTransaction, hooks: ChangeHooks, entry: CatalogEntry): MaybePromise<void> {
    this.#change(transaction, hooks, entry.namespace.full, entry);
    return transaction.write([
      { table: reservedTables.catalog, key: keyOf(entry.namespace.full), value: encodeEntry(entry) },
    ]);
  }

  /** Removes an entry in this transaction; its tables go after the commit. */
  remove(transaction: StorageTransaction, hooks: ChangeHooks, entry: CatalogEntry): MaybePromise<void> {
    this.#change(transaction, hooks, entry.namespace.full, undefined);
    if (entry.kind === 'collection') {
      hooks.afterCommit(() => this.dropTables(tablesOf(entry)));
    }
    return transaction.write([{ table: reservedTables.catalog, key: keyOf(entry.namespace.full), value: undefined }]);
  }

  /** Puts a collection in place of one of the same name, whose tables go after the commit. */
  replace(transaction: StorageTransaction, hooks: ChangeHooks, from: Collection, to: Collection): MaybePromise<void> {
    hooks.afterCommit(() => this.dropTables(tablesOf(from)));
    return this.put(transaction, hooks, to);
  }

  /** Replaces an entry by one of another name that keeps its tables. */
  async move(transaction: StorageTransaction, hooks: ChangeHooks, from: CatalogEntry, to: CatalogEntry): Promise<void> {
    this.#change(transaction, hooks, from.namespace.full, undefined);
    await transaction.write([{ table: reservedTables.catalog, key: keyOf(from.namespace.full), value: undefined }]);
    await this.put(transaction, hooks, to);
  }

  /** Gives back tables that no committed entry names any more. Failing to leaves them unused, which harms nobody. */
  dropTables(tables: readonly TableId[]): void {
    const dropped = this.engine.dropTables(tables);
    if (dropped instanceof Promise) dropped.catch((thrown: unknown) => this.#onDropFailure(thrown));
  }

  /**
   * Changes a committed collection's description in a storage transaction of its own: for facts that stay true whatever
   * becomes of the operation that found them. Changes of one collection follow one another. Collections that only an
   * open transaction knows are changed in place of it.
   */
  async amend(name: Namespace, change: (current: Collection) => Collection): Promise<void> {
    const before = this.#amending.get(name.full) ?? Promise.resolve();
    const done = before.then(() => this.#amendNow(name, change));
    const settled = done.catch(() => undefined);
    this.#amending.set(name.full, settled);
    try {
      await done;
    } finally {
      if (this.#amending.get(name.full) === settled) this.#amending.delete(name.full);
    }
  }

  async #amendNow(name: Namespace, change: (current: Collection) => Collection): Promise<void> {
    for (const [transaction, changes] of this.#pending) {
      const made = changes.get(name.full);
      if (made?.kind !== 'collection') continue;
      const changed = change(made);
      changes.set(name.full, changed);
      await transaction.write([{ table: reservedTables.catalog, key: keyOf(name.full), value: encodeEntry(changed) }]);
    }
    const current = this.#databases.get(name.database)?.get(name.collection);
    if (current?.kind !== 'collection') return;
    const changed = change(current);
    await this.#writeAlone({ table: reservedTables.catalog, key: keyOf(name.full), value: encodeEntry(changed) });
    this.#apply(changed);
  }

  /** Notes durably which tables a build is about to fill. */
  async noteBuild(tables: readonly TableId[]): Promise<void> {
    const value = Buffer.alloc(4 * tables.length);
    tables.forEach((table, at) => {
      value.writeUInt32BE(table, 4 * at);
    });
    await this.#writeAlone({ table: reservedTables.catalog, key: buildNoteKey(tables), value });
  }

  /** Takes the note of a build back. */
  endBuild(tables: readonly TableId[]): void {
    this.#writeAlone({ table: reservedTables.catalog, key: buildNoteKey(tables), value: undefined }).catch(
      (thrown: unknown) => this.#onDropFailure(thrown),
    );
  }

  /** Gives back the tables of builds that a crash has ended before the catalog named them. */
  async #dropLeftBuilds(): Promise<void> {
    const named = new Set<TableId>();
    for (const entries of this.#databases.values()) {
      for (const entry of entries.values()) {
        if (entry.kind === 'collection') for (const table of tablesOf(entry)) named.add(table);
      }
    }
    for (const [key, tables] of this.#leftBuilds) {
      await this.engine.dropTables(tables.filter((table) => !named.has(table)));
      await this.#writeAlone({ table: reservedTables.catalog, key, value: undefined });
    }
    this.#leftBuilds.clear();
  }

  async #writeAlone(write: Write): Promise<void> {
    const transaction = await this.engine.begin();
    try {
      await transaction.write([write]);
      await transaction.commit('visible');
    } catch (thrown) {
      transaction.abort();
      throw thrown;
    }
  }

  /** Table numbers that nothing ever used. */
  async allocateTables(count: number): Promise<TableId[]> {
    const tables: TableId[] = [];
    while (tables.length < count) {
      if (this.#nextTable < this.#reservedBelow) {
        tables.push(this.#nextTable++);
        continue;
      }
      this.#reservation ??= this.#reserveTables().finally(() => {
        this.#reservation = undefined;
      });
      await this.#reservation;
    }
    return tables;
  }

  async #reserveTables(): Promise<void> {
    const end = this.#reservedBelow + tableBlock;
    invariant(end <= 0xffffffff, 'table numbers fit 32 bits');
    const value = Buffer.alloc(4);
    value.writeUInt32BE(end);
    await this.#writeAlone({ table: reservedTables.catalog, key: tableCounterKey, value });
    this.#reservedBelow = end;
  }

  #change(transaction: StorageTransaction, hooks: ChangeHooks, full: string, entry: CatalogEntry | undefined): void {
    let changes = this.#pending.get(transaction);
    if (changes === undefined) {
      const fresh: Changes = new Map();
      changes = fresh;
      this.#pending.set(transaction, fresh);
      hooks.afterCommit(() => this.#commit(fresh));
      hooks.onRelease(() => this.#pending.delete(transaction));
    }
    changes.set(full, entry);
  }

  #commit(changes: Changes): void {
    this.#version++;
    for (const [full, entry] of changes) {
      if (entry === undefined) {
        this.#drops.note(full, this.#version);
        this.#forget(full);
      } else this.#apply(entry.kind === 'collection' ? { ...entry, changedAt: this.#version } : entry);
    }
    for (const [full, entry] of changes) for (const listener of this.#listeners) listener(full, entry);
  }

  /** Calls `listener` with each entry that was made or changed, after the change is visible; undefined: it is gone. */
  onCommitted(listener: (full: string, entry: CatalogEntry | undefined) => void): void {
    this.#listeners.push(listener);
  }

  /** Makes a committed entry the one that everybody finds. */
  #apply(entry: CatalogEntry): void {
    const { database, collection } = entry.namespace;
    let entries = this.#databases.get(database);
    if (entries === undefined) {
      entries = new Map();
      this.#databases.set(database, entries);
    }
    entries.set(collection, entry);
  }

  #forget(full: string): void {
    const dot = full.indexOf('.');
    const entries = this.#databases.get(full.slice(0, dot));
    entries?.delete(full.slice(dot + 1));
    if (entries?.size === 0) this.#databases.delete(full.slice(0, dot));
  }
}

function tablesOf({ recordTable, indexes }: Collection): TableId[] {
  return [recordTable, ...indexes.map(({ table }) => table)];
}

function decodeTables(note: Buffer): TableId[] {
  const tables: TableId[] = [];
  for (let at = 0; at < note.length; at += 4) tables.push(note.readUInt32BE(at));
  return tables;
}

function buildNoteKey(tables: readonly TableId[]): Key {
  return `${buildNotePrefix}${tables[0]}`;
}

function keyOf(full: string): Key {
  return Buffer.from(full, 'utf8').toString('latin1');
}
