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

/** A table's number: 1 to 2^32-1. */
export type TableId = number;

/**
 * A key as a binary string: one character per byte, code 0 to 255, ordered by bytes. Strings compare fast, serve as map
 * keys and cannot change behind one's back. At most `capabilities.keyBytes` long.
 */
export type Key = string;

/** Keys from `lower` to `upper`; a missing bound is open. */
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
  /** Largest number of records in the answer. */
  readonly limit: number;
}

/** One batch of a scan in key order (or its reverse). To go on, scan again behind the last key. */
export interface ScanBatch {
  readonly keys: readonly Key[];
  readonly values: readonly Buffer[];
  /** False when the range ends with this batch. */
  readonly more: boolean;
}

/** Puts a record, or removes it where `value` is undefined. */
export interface Write {
  readonly table: TableId;
  readonly key: Key;
  readonly value: Buffer | undefined;
}

/** `journaled`: the answer comes when the data is on disk. `visible`: it may come as soon as others can read the data. */
export type Durability = 'journaled' | 'visible';

/** A state of the store that stays readable until it is released. */
export interface Snapshot {
  release(): void;
}

export interface BeginOptions {
  /** Promise not to write; some engines read cheaper then. Default false. */
  readonly readOnly?: boolean;
  /** Read this pinned state instead of the newest; implies readOnly. */
  readonly snapshot?: Snapshot;
  /** Who this is, in words, for the conflict messages of others ("transaction 3 of session …"). */
  readonly owner?: string;
}

export interface StorageTransaction {
  /** The record under this key, or undefined. */
  get(table: TableId, key: Key): MaybePromise<Buffer | undefined>;
  /** As `get` for many keys, answers in the same order. */
  getMany(table: TableId, keys: readonly Key[]): MaybePromise<(Buffer | undefined)[]>;
  /** The first records of the range, up to the limit. Sees the transaction's own writes. */
  scan(table: TableId, range: KeyRange, options: ScanOptions): MaybePromise<ScanBatch>;
  /**
   * All writes of one statement, or none of them. Throws WriteConflict (at once, nothing applied) when a key was written
   * by another transaction that is open or committed after this one's snapshot; `details.resolved` is then a promise
   * where the winner is still open. The transaction stays usable for reads; its user decides whether to abort.
   */
  write(writes: readonly Write[]): MaybePromise<void>;
  /** Makes all writes visible at once, and durable as asked. A transaction without writes costs nothing here. */
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
  /** Removes tables that the committed catalog no longer names. Open snapshots still see them. Not transactional. */
  dropTables(tables: readonly TableId[]): MaybePromise<void>;
  /** Number of records and their bytes (keys and values) in a table as of now; engines may estimate bytes. */
  tableSize(table: TableId): MaybePromise<{ records: number; bytes: number }>;
  /** Resolves when everything committed before this call is on disk. */
  flush(): MaybePromise<void>;
  statistics(): EngineStatistics;
  /** Aborts what is open, flushes, releases the store. */
  close(): Promise<void>;
}
