/**
 * Storage: ordered tables of bytes under snapshot isolation. Everything above (collections, indexes, the catalog itself,
 * session records) is laid out in these tables; everything below is an engine's own business.
 *
 *   engine.begin() ─► transaction ─ get / scan ─ write(statement) ─ get / scan ─ write … ─ commit(durability)
 *                         │ one stable snapshot plus its own writes               └ or abort()
 *                         └ first updater wins: `write` throws WriteConflict when another transaction, open or
 *                           committed since the snapshot, wrote one of these keys
 *
 * A table exists by being written to and is known by a number that the catalog gives out once and never again.
 * Answers may come at once or as a promise (`MaybePromise`): an engine in memory is not slowed down by asynchrony.
 */

/** A value now or a promise of it. Test with `instanceof Promise` on hot paths; `await` elsewhere. */
export type MaybePromise<T> = T | Promise<T>;

/** A table's number: 1 to 2^32 - 2. */
export type TableId = number;

/** Longest key, in bytes, that the embedded engines take: what fits an LMDB page of 4 KiB beside a table's number. */
export const longestKeyBytes = 1974;

/**
 * A key as a binary string: one character per byte, code 0 to 255, ordered by bytes. Strings compare fast, serve as map
 * keys and cannot change behind one's back. At most `capabilities.keyBytes` long.
 */
export type Key = string;

/** Keys from `lower` to `upper`; a missing bound is open. A range whose bounds cross is empty. */
export interface KeyRange {
  readonly lower?: Key;
  readonly lowerExclusive?: boolean;
  readonly upper?: Key;
  /** Default false: the upper bound itself is part of the range. */
  readonly upperExclusive?: boolean;
}

export interface ScanOptions {
  /** From the upper end down. Default false. */
  readonly reverse?: boolean;
  /** Largest number of records in the answer, at least 1. */
  readonly limit: number;
}

/**
 * One batch of a scan in key order (or its reverse). To go on, scan again behind the last key.
 *
 * A batch may hold fewer records than the limit although there are more: engines that copy end a batch after some
 * megabytes. So ask `more`, never the length. The buffers stay as they are for as long as somebody holds them, even
 * after the transaction; nobody may change them, for they can be the stored ones.
 */
export interface ScanBatch {
  readonly keys: readonly Key[];
  /** The values of the keys at the same places. */
  readonly values: readonly Buffer[];
  /** True exactly when the range has a record behind this batch; the batch is then not empty. */
  readonly more: boolean;
}

/** Puts a record, or removes it where `value` is undefined (which may be there or not). */
export interface Write {
  readonly table: TableId;
  readonly key: Key;
  readonly value: Buffer | undefined;
  /**
   * What the writer knows to lie there before, in its snapshot and without its own writes: the bytes of the value, or
   * nothing. Spares engines that keep count a look; left out by whoever has not read.
   */
  readonly replaces?: number | 'nothing';
}

/** A record as one word, the same for all who fight over it. */
export function contestedName({ table, key }: { readonly table: TableId; readonly key: Key }): string {
  return `${table}:${key}`;
}

/** What the writes of a statement mean to their maker. Engines do not look at it; what wraps a transaction may keep it. */
export interface WriteNote {
  readonly meaning: string;
}

/** `journaled`: the answer comes when the data is on disk. `visible`: it may come as soon as others can read the data. */
export type Durability = 'journaled' | 'visible';

/** A state of the store that stays readable until it is released. Keeping one costs the space of what changes meanwhile. */
export interface Snapshot {
  /** Lets go of the state; transactions that already read it go on. A second call does nothing. */
  release(): void;
}

export interface BeginOptions {
  /** Promise not to write; some engines read cheaper then. Default false. */
  readonly readOnly?: boolean;
  /** Read this pinned state instead of the newest; implies readOnly. SnapshotTooOld once it was released. */
  readonly snapshot?: Snapshot;
  /** Who this is, in words, for the conflict messages of others ("transaction 3 of session …"). */
  readonly owner?: string;
}

/**
 * Calls do not overlap: await an answer before the next call. After `commit` or `abort` only `abort` may be called. When
 * the engine closes under an open transaction, every further call but `abort` throws InterruptedAtShutdown.
 */
export interface StorageTransaction {
  /** The record under this key, or undefined. */
  get(table: TableId, key: Key): MaybePromise<Buffer | undefined>;
  /** As `get` for many keys, answers in the same order. */
  getMany(table: TableId, keys: readonly Key[]): MaybePromise<(Buffer | undefined)[]>;
  /** The first records of the range, up to the limit. Sees the transaction's own writes. */
  scan(table: TableId, range: KeyRange, options: ScanOptions): MaybePromise<ScanBatch>;
  /**
   * All writes of one statement, or none of them; a later write of the same key replaces an earlier one. The engine keeps
   * the array and the buffers: do not change them afterwards.
   *
   * Throws WriteConflict (at once, nothing applied) when a key was written by another transaction that is open or
   * committed after this one's snapshot. Where the winner is still open, or on its way to disk, `details.resolved` is a
   * promise that resolves when it has ended, whichever way; without it, a retry on a new snapshot can succeed at once.
   * `details.contested` is the `contestedName` of the record.
   * The transaction stays usable, with its earlier writes; its user decides whether to abort.
   */
  write(writes: readonly Write[], note?: WriteNote): MaybePromise<void>;
  /**
   * Makes all writes visible at once, and durable as asked. A transaction without writes costs nothing here.
   * Throws OutOfDiskSpace when the store cannot grow: nothing of the transaction is then applied and the store goes on.
   */
  commit(durability: Durability): MaybePromise<void>;
  /** Drops all writes and releases the snapshot. Does nothing after commit or abort. */
  abort(): void;
}

/** What differs between engines, as data. Nobody asks `instanceof`. */
export interface EngineCapabilities {
  /** The name that `--storageEngine` and serverStatus show. */
  readonly name: string;
  /** Survives the end of the process. */
  readonly durable: boolean;
  /** Several processes may serve the same store. */
  readonly sharedBetweenNodes: boolean;
  /** Longest key in bytes. */
  readonly keyBytes: number;
}

export interface EngineStatistics {
  readonly openTransactions: number;
  readonly pinnedSnapshots: number;
  readonly commits: number;
  readonly conflicts: number;
  /** Bytes that the store occupies on disk; 0 where it has none. */
  readonly storedBytes: number;
}

export interface StorageEngine {
  readonly capabilities: EngineCapabilities;
  /** A transaction on the newest state (everything committed before this call), or on a pinned one. */
  begin(options?: BeginOptions): MaybePromise<StorageTransaction>;
  /** Holds the newest state for later `begin({ snapshot })`. */
  pin(): MaybePromise<Snapshot>;
  /**
   * Removes tables that the committed catalog no longer names. Not transactional: transactions that begin afterwards see
   * them empty, those that are open and pinned snapshots still see them. What is written to such a table later may stay
   * or go. Resolves when the removal will happen even if the process ends; the space comes back in the background.
   */
  dropTables(tables: readonly TableId[]): MaybePromise<void>;
  /** Number of records and their bytes (keys and values) in a table as of now; engines may estimate bytes. */
  tableSize(table: TableId): MaybePromise<{ records: number; bytes: number }>;
  /** Resolves when everything committed before this call is on disk. */
  flush(): MaybePromise<void>;
  statistics(): EngineStatistics;
  /** Aborts what is open, finishes commits that were asked for, flushes, releases the store. Again: does nothing. */
  close(): Promise<void>;
}
