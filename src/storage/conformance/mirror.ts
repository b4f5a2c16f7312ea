/**
 * Two engines driven as one: every call goes to both, and the first difference between their answers stops the run. One
 * call at a time; what two engines show of a commit that nobody has waited for may differ rightly.
 */
import { isDeepStrictEqual } from 'node:util';
import { invariant } from '../../error/invariant.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type {
  BeginOptions,
  Durability,
  EngineCapabilities,
  EngineStatistics,
  Key,
  KeyRange,
  MaybePromise,
  ScanBatch,
  ScanOptions,
  Snapshot,
  StorageEngine,
  StorageTransaction,
  TableId,
  Write,
} from '../engine.ts';

type Outcome<T> = { readonly value: T } | { readonly thrown: unknown };

async function outcomeOf<T>(call: () => MaybePromise<T>): Promise<Outcome<T>> {
  try {
    return { value: await call() };
  } catch (thrown) {
    return { thrown };
  }
}

/** What of an outcome two engines must agree on; the wording of an error is theirs. */
function essence(outcome: Outcome<unknown>): unknown {
  if ('value' in outcome) return outcome;
  if (!(outcome.thrown instanceof MongoError)) return { thrown: String(outcome.thrown) };
  return { thrown: outcome.thrown.codeName, resolves: outcome.thrown.details.resolved !== undefined };
}

/** Makes one call on both; the answer of the first when they agree. */
async function both<T>(call: string, first: () => MaybePromise<T>, second: () => MaybePromise<T>): Promise<T> {
  const outcomes = [await outcomeOf(first), await outcomeOf(second)] as const;
  const [left, right] = outcomes.map(essence);
  invariant(isDeepStrictEqual(left, right), `${call} differs: ${JSON.stringify(left)} and ${JSON.stringify(right)}`);
  if ('thrown' in outcomes[0]) throw outcomes[0].thrown;
  return outcomes[0].value;
}

/** Two engines made one that stops at their first difference. The sizes of scan batches may differ. */
export function createMirror(first: StorageEngine, second: StorageEngine): StorageEngine {
  return new MirrorEngine(first, second);
}

class MirrorSnapshot implements Snapshot {
  readonly first: Snapshot;
  readonly second: Snapshot;

  constructor(first: Snapshot, second: Snapshot) {
    this.first = first;
    this.second = second;
  }

  release(): void {
    this.first.release();
    this.second.release();
  }
}

class MirrorTransaction implements StorageTransaction {
  readonly #first: StorageTransaction;
  readonly #second: StorageTransaction;

  constructor(first: StorageTransaction, second: StorageTransaction) {
    this.#first = first;
    this.#second = second;
  }

  get(table: TableId, key: Key): Promise<Buffer | undefined> {
    const call = `get of ${JSON.stringify(key)} in table ${table}`;
    return both(
      call,
      () => this.#first.get(table, key),
      () => this.#second.get(table, key),
    );
  }

  getMany(table: TableId, keys: readonly Key[]): Promise<(Buffer | undefined)[]> {
    const call = `getMany of ${JSON.stringify(keys)} in table ${table}`;
    return both(
      call,
      () => this.#first.getMany(table, keys),
      () => this.#second.getMany(table, keys),
    );
  }

  scan(table: TableId, range: KeyRange, options: ScanOptions): Promise<ScanBatch> {
    const call = `scan of table ${table} ${JSON.stringify({ range, options })}`;
    return both(
      call,
      () => this.#first.scan(table, range, options),
      () => this.#second.scan(table, range, options),
    );
  }

  write(writes: readonly Write[]): Promise<void> {
    const call = `write of ${writes.map(({ table, key }) => `${table}/${JSON.stringify(key)}`).join(' ')}`;
    return both(
      call,
      () => this.#first.write(writes),
      () => this.#second.write(writes),
    );
  }

  commit(durability: Durability): Promise<void> {
    return both(
      'commit',
      () => this.#first.commit(durability),
      () => this.#second.commit(durability),
    );
  }

  abort(): void {
    this.#first.abort();
    this.#second.abort();
  }
}

class MirrorEngine implements StorageEngine {
  readonly capabilities: EngineCapabilities;
  readonly #first: StorageEngine;
  readonly #second: StorageEngine;

  constructor(first: StorageEngine, second: StorageEngine) {
    this.#first = first;
    this.#second = second;
    this.capabilities = { ...first.capabilities, name: `${first.capabilities.name} and ${second.capabilities.name}` };
  }

  async begin(options: BeginOptions = {}): Promise<StorageTransaction> {
    const { snapshot, ...rest } = options;
    invariant(snapshot === undefined || snapshot instanceof MirrorSnapshot, 'a snapshot of the mirror');
    const firstOptions = snapshot === undefined ? rest : { ...rest, snapshot: snapshot.first };
    const secondOptions = snapshot === undefined ? rest : { ...rest, snapshot: snapshot.second };
    return new MirrorTransaction(await this.#first.begin(firstOptions), await this.#second.begin(secondOptions));
  }

  async pin(): Promise<Snapshot> {
    return new MirrorSnapshot(await this.#first.pin(), await this.#second.pin());
  }

  dropTables(tables: readonly TableId[]): Promise<void> {
    return both(
      'dropTables',
      () => this.#first.dropTables(tables),
      () => this.#second.dropTables(tables),
    );
  }

  tableSize(table: TableId): Promise<{ records: number; bytes: number }> {
    return both(
      `tableSize of ${table}`,
      () => this.#first.tableSize(table),
      () => this.#second.tableSize(table),
    );
  }

  flush(): Promise<void> {
    return both(
      'flush',
      () => this.#first.flush(),
      () => this.#second.flush(),
    );
  }

  statistics(): EngineStatistics {
    const [{ storedBytes, ...first }, { storedBytes: _, ...second }] = [
      this.#first.statistics(),
      this.#second.statistics(),
    ];
    invariant(
      isDeepStrictEqual(first, second),
      `statistics differ: ${JSON.stringify(first)} and ${JSON.stringify(second)}`,
    );
    return { ...first, storedBytes };
  }

  async close(): Promise<void> {
    await both(
      'close',
      () => this.#first.close(),
      () => this.#second.close(),
    );
  }
}
