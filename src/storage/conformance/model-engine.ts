/**
 * Storage as plainly as it can be said: every snapshot is a copy of everything, every question a search. Far too slow to
 * use and too simple to be wrong, it is what the engines, and the parts that they share, are compared with.
 */
import { MongoError } from '../../error/mongo-error.ts';
import {
  type Key,
  longestKeyBytes,
  type StorageEngine,
  type StorageTransaction,
  type TableId,
  type Write,
} from '../engine.ts';

type State = ReadonlyMap<TableId, ReadonlyMap<Key, Buffer>>;

interface Commit {
  readonly sequence: number;
  readonly writes: readonly Write[];
}

interface OpenWriter {
  writes: Write[];
}

function isSame(left: Write, right: Write): boolean {
  return left.table === right.table && left.key === right.key;
}

function applied(state: State, writes: readonly Write[]): State {
  const next = new Map([...state].map(([table, stored]) => [table, new Map(stored)]));
  for (const { table, key, value } of writes) {
    const stored = next.get(table) ?? new Map<Key, Buffer>();
    next.set(table, stored);
    if (value === undefined) stored.delete(key);
    else stored.set(key, value);
  }
  return next;
}

/** An engine of copies and searches. */
export function createModelEngine(): StorageEngine {
  let state: State = new Map();
  let conflicts = 0;
  const commits: Commit[] = [];
  const open = new Set<OpenWriter>();
  const pins = new Map<object, State>();

  function claim(writer: OpenWriter, since: number, writes: readonly Write[]): void {
    const lost = (details: { resolved?: Promise<void> }): MongoError => {
      conflicts++;
      return new MongoError('WriteConflict', 'lost', details);
    };
    const isWritten = (others: readonly Write[]): boolean =>
      others.some((other) => writes.some((own) => isSame(own, other)));
    for (const commit of commits) if (commit.sequence > since && isWritten(commit.writes)) throw lost({});
    for (const other of open)
      if (other !== writer && isWritten(other.writes)) throw lost({ resolved: Promise.resolve() });
  }

  function transaction(snapshot: State): StorageTransaction {
    const writer: OpenWriter = { writes: [] };
    const since = commits.length;
    open.add(writer);
    const seen = (table: TableId): ReadonlyMap<Key, Buffer> => applied(snapshot, writer.writes).get(table) ?? new Map();
    return {
      get: (table, key) => seen(table).get(key),
      getMany: (table, keys) => keys.map((key) => seen(table).get(key)),
      scan(table, range, { reverse = false, limit }) {
        const { lower, upper } = range;
        const found = [...seen(table)].filter(
          ([key]) =>
            (lower === undefined || (range.lowerExclusive ? key > lower : key >= lower)) &&
            (upper === undefined || (range.upperExclusive ? key < upper : key <= upper)),
        );
        found.sort(([left], [right]) => (left < right === reverse ? 1 : -1));
        const batch = found.slice(0, limit);
        return { keys: batch.map(([key]) => key), values: batch.map(([, value]) => value), more: found.length > limit };
      },
      write(writes) {
        claim(writer, since, writes);
        writer.writes = [...writer.writes, ...writes];
      },
      commit() {
        open.delete(writer);
        if (writer.writes.length === 0) return;
        state = applied(state, writer.writes);
        commits.push({ sequence: commits.length + 1, writes: writer.writes });
      },
      abort: () => void open.delete(writer),
    };
  }

  return {
    capabilities: { name: 'model', durable: false, sharedBetweenNodes: false, keyBytes: longestKeyBytes },
    begin: (options) => transaction((options?.snapshot && pins.get(options.snapshot)) ?? state),
    pin() {
      const snapshot = { release: () => void pins.delete(snapshot) };
      pins.set(snapshot, state);
      return snapshot;
    },
    dropTables(tables) {
      state = new Map([...state].filter(([table]) => !tables.includes(table)));
    },
    tableSize(table) {
      const stored = [...(state.get(table) ?? [])];
      const bytes = stored.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
      return { records: stored.length, bytes };
    },
    flush: () => undefined,
    statistics: () => ({
      openTransactions: open.size,
      pinnedSnapshots: pins.size,
      commits: commits.length,
      conflicts,
      storedBytes: 0,
    }),
    close: async () => undefined,
  };
}
