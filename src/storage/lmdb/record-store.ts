/**
 * The `lmdb` package behind a door: the only file that imports it, and where its rules are kept.
 *
 * - All tables share LMDB's one main tree; a record's key there is the table's number (4 bytes, big-endian) and its own
 *   key, so that a table is a range and a table more costs nothing.
 * - Never run its transaction callbacks. While one is open, every read goes through it, snapshot or not, and a
 *   synchronous one cuts a batch in two. Plain puts and removes of one turn of the event loop become one batch, all or
 *   nothing, on LMDB's own thread; that is all we need, for conflicts are decided before.
 * - It starts a batch early when many writes are queued, and then forgets to report the flush of the later ones;
 *   `batchStartThreshold` is set out of reach.
 * - The buffer that a value is read into is used again for the next one. Values are copied out, many into one slab,
 *   because a slab costs far less than a buffer for each; a record that is kept keeps at most its slab alive.
 */
import { open, type RootDatabase, type Transaction } from 'lmdb';
import { invariant } from '../../error/invariant.ts';
import type { Key, KeyRange, ScanBatch, ScanOptions, TableId } from '../engine.ts';
import { translateReadError } from './lmdb-error.ts';

/** A record's key as it goes in. `readKey` gives the own key alone. */
type RecordKey = [table: TableId, key: Key];

type Database = RootDatabase<Buffer, RecordKey | Key>;

/** A state of the file that stays readable until it is let go. The package takes it as it is for its read options. */
export interface FileSnapshot {
  readonly transaction: Transaction;
}

const tableBytes = 4;
const slabBytes = 16 * 1024;
/** Values longer than this get memory of their own. */
const slabValueBytes = slabBytes / 4;
/** A scan ends its batch once it has copied this much. */
const batchBytes = 4 * 1024 * 1024;
/** Open snapshots that differ in their state; 64 bytes of the lock file each. */
const mostReaders = 16_384;

const keyEncoder = {
  writeKey([table, key]: RecordKey, target: Buffer, start: number): number {
    target.writeUInt32BE(table, start);
    const written = target.write(key, start + tableBytes, 'latin1');
    // The package takes a RangeError as the sign to try again with a fresh buffer; `write` would cut the key short.
    if (written < key.length) target.writeUInt8(0, target.length);
    return start + tableBytes + written;
  },
  readKey(source: Buffer, start: number, end: number): Key {
    return source.toString('latin1', start + tableBytes, end);
  },
};

/** Copies values out of the package's read buffer. */
class ValueReader {
  #slab = Buffer.allocUnsafeSlow(slabBytes);
  #used = 0;
  /** Bytes of the value read last. */
  lastBytes = 0;
  /** Only `lastBytes` is wanted. */
  measures = false;

  encode(value: Buffer): Buffer {
    return value;
  }

  decode(source: Buffer): Buffer {
    const { length } = source;
    this.lastBytes = length;
    if (this.measures || length === 0) return Buffer.alloc(0);
    // `source` pretends to be shorter than its memory, which `copy` would not notice.
    const bytes = new Uint8Array(source.buffer, source.byteOffset, length);
    if (length > slabValueBytes) {
      const own = Buffer.allocUnsafeSlow(length);
      own.set(bytes);
      return own;
    }
    if (this.#used + length > slabBytes) {
      this.#slab = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    this.#slab.set(bytes, start);
    return this.#slab.subarray(start, start + length);
  }
}

/** The fate of the writes of one turn: `visible` and `flushed` resolve in this order, or `visible` rejects. */
export interface WriteFate {
  readonly visible: Promise<unknown>;
  readonly flushed: Promise<unknown>;
}

export class RecordStore {
  readonly #reader = new ValueReader();
  readonly #database: Database;

  /** Opens the LMDB environment in a directory, which must exist. Throws what LMDB says. */
  constructor(directory: string) {
    const options = {
      encoder: this.#reader,
      keyEncoder,
      useVersions: false,
      cache: false,
      noSubdir: false,
      noMemInit: true,
      separateFlushed: true,
      batchStartThreshold: Number.MAX_SAFE_INTEGER,
      maxDbs: 1,
      maxReaders: mostReaders,
      pageSize: 4096,
    };
    this.#database = open<Buffer, RecordKey | Key>(directory, options);
  }

  /** Calls back at the end of a turn with writes, while more can join them. */
  onTurnEnd(listener: () => void): void {
    this.#database.on('beforecommit', () => {
      listener();
      // The package makes promises of its own for a batch; their failure is ours to report, not the process's to die of.
      queueMicrotask(() => this.#database.committed.then(undefined, () => undefined));
    });
  }

  /** The newest state. */
  takeSnapshot(): FileSnapshot {
    try {
      this.#database.resetReadTxn();
      return { transaction: this.#database.useReadTransaction() };
    } catch (thrown) {
      throw translateReadError(thrown);
    }
  }

  /** Ends a snapshot, so that LMDB can use the pages again that only it could see. */
  letGo(snapshot: FileSnapshot): void {
    snapshot.transaction.done();
  }

  get(snapshot: FileSnapshot, table: TableId, key: Key): Buffer | undefined {
    try {
      return this.#database.get([table, key], snapshot);
    } catch (thrown) {
      throw translateReadError(thrown);
    }
  }

  /** Bytes of the record's value, or undefined where there is none. */
  measure(snapshot: FileSnapshot, table: TableId, key: Key): number | undefined {
    this.#reader.measures = true;
    try {
      return this.get(snapshot, table, key) === undefined ? undefined : this.#reader.lastBytes;
    } finally {
      this.#reader.measures = false;
    }
  }

  scan(snapshot: FileSnapshot, table: TableId, range: KeyRange, options: ScanOptions): ScanBatch {
    const keys: Key[] = [];
    const values: Buffer[] = [];
    let bytes = 0;
    const bounds = options.reverse === true ? boundsDown(table, range) : boundsUp(table, range);
    const records = this.#database.getRange({ ...bounds, transaction: snapshot.transaction })[Symbol.iterator]();
    try {
      for (let next = records.next(); next.done !== true; next = records.next()) {
        if (keys.length === options.limit || bytes >= batchBytes) return { keys, values, more: true };
        keys.push(requireOwnKey(next.value.key));
        values.push(next.value.value);
        bytes += this.#reader.lastBytes;
      }
      return { keys, values, more: false };
    } catch (thrown) {
      throw translateReadError(thrown);
    } finally {
      records.return?.();
    }
  }

  /** The first keys of a table. */
  keys(snapshot: FileSnapshot, table: TableId, limit: number): Key[] {
    const { transaction } = snapshot;
    const range = this.#database.getKeys({ start: [table, ''], end: [table + 1, ''], limit, transaction });
    return Array.from(range, requireOwnKey);
  }

  /** Adds a record to this turn's writes. The value must not change until they are visible. */
  put(table: TableId, key: Key, value: Buffer): WriteFate {
    return fateOf(this.#database.put([table, key], value));
  }

  remove(table: TableId, key: Key): WriteFate {
    return fateOf(this.#database.remove([table, key]));
  }

  /** Waits for the writes that are under way and gives the file back. Snapshots must be done with. */
  async close(): Promise<void> {
    await this.#database.close();
  }
}

function requireOwnKey(key: RecordKey | Key): Key {
  invariant(typeof key === 'string', 'keys come out as the key encoder reads them');
  return key;
}

function fateOf(visible: Promise<unknown> & { flushed?: Promise<unknown> }): WriteFate {
  return { visible, flushed: visible.flushed ?? visible };
}

interface Bounds {
  readonly start: RecordKey;
  readonly exclusiveStart: boolean;
  readonly end: RecordKey;
  readonly inclusiveEnd: boolean;
  readonly reverse: boolean;
}

function boundsUp(table: TableId, range: KeyRange): Bounds {
  const { lower, upper } = range;
  return {
    start: [table, lower ?? ''],
    exclusiveStart: lower !== undefined && range.lowerExclusive === true,
    end: upper === undefined ? [table + 1, ''] : [table, upper],
    inclusiveEnd: upper !== undefined && range.upperExclusive !== true,
    reverse: false,
  };
}

function boundsDown(table: TableId, range: KeyRange): Bounds {
  const { lower, upper } = range;
  return {
    start: upper === undefined ? [table + 1, ''] : [table, upper],
    exclusiveStart: upper === undefined || range.upperExclusive === true,
    end: [table, lower ?? ''],
    inclusiveEnd: lower === undefined || range.lowerExclusive !== true,
    reverse: true,
  };
}
