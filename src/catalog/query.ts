/**
 * A query at work: the walk of its plan, filtered, sorted, cut and projected, in batches and in slices of time. Positioned
 * like the walk under it; a sort that no index gives is done once, at the first batch.
 */
import { BsonDocument } from '../bson/value.ts';
import { bytesPerStep, type WorkWatch } from '../clock/work-watch.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Scope } from '../expression/expression.ts';
import { whileLoading } from '../javascript/engine.ts';
import { limits } from '../limits.ts';
import type { Filter } from '../query/filter.ts';
import type { Access, Plan } from '../query/plan.ts';
import type { Sort } from '../query/sort.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import type { CatalogEntry, Collection } from './collection.ts';
import type { StoredRecord } from './document-write.ts';
import { openWalk } from './plan-walk.ts';
import type { RecordWalk } from './record-scan.ts';

/** Records asked of a walk at once. */
const walkBatch = 256;

export interface QueryOptions {
  readonly collection: Collection;
  readonly plan: Plan;
  readonly filter: Filter;
  readonly sort?: Sort | undefined;
  readonly skip?: number;
  /** 0: no limit. */
  readonly limit?: number;
  /** Variables for $expr. */
  readonly scope?: Scope | undefined;
  /** Whether a sort may hold more than `limits.blockingStageBytes`. */
  readonly allowsDiskUse?: boolean;
  readonly keyBytes: number;
}

/** What a query needs of the operation that runs it. */
export interface QueryRun {
  readonly transaction: StorageTransaction;
  checkInterrupt(): void;
  /** A promise when the event loop was held long enough, see `Execution.pause`. */
  pause(): Promise<void> | undefined;
}

interface SortedRecord extends StoredRecord {
  readonly sortKey: string;
}

export class CollectionQuery {
  readonly #options: QueryOptions;
  readonly #walk: RecordWalk;
  #toSkip: number;
  #remaining: number;
  #pending: readonly StoredRecord[] = [];
  #pendingAt = 0;
  #sorted: boolean;
  #isExhausted = false;

  constructor(options: QueryOptions) {
    this.#options = options;
    this.#walk = openWalk(options.collection, options.plan.access, options.keyBytes);
    this.#toSkip = options.skip ?? 0;
    this.#remaining = options.limit === undefined || options.limit === 0 ? Number.POSITIVE_INFINITY : options.limit;
    const isOrdered = options.sort === undefined ? options.filter.near === undefined : options.plan.isSorted;
    this.#sorted = isOrdered && !needsMerge(options.plan);
  }

  /**
   * Throws QueryPlanKilled where what the query walks is no longer there: `current` is what its collection's name stands
   * for now. To be called before a query goes on in another storage transaction than it began in.
   */
  requireIntact(current: CatalogEntry | undefined): void {
    const { collection, plan } = this.#options;
    if (current?.kind !== 'collection' || current.recordTable !== collection.recordTable) {
      throw new MongoError('QueryPlanKilled', `collection dropped. UUID ${collection.uuid.toString('hex')}`);
    }
    if (current.indexes === collection.indexes) return;
    for (const name of indexNames(plan.access)) {
      const walked = collection.indexes.find(({ descriptor }) => descriptor.name === name);
      if (walked !== undefined && !current.indexes.some(({ table }) => table === walked.table)) {
        throw new MongoError('QueryPlanKilled', `index '${name}' dropped`);
      }
    }
  }

  /** What looks up from work on single records; undefined where the query has no scope. */
  get watch(): WorkWatch | undefined {
    return this.#options.scope?.environment.watch;
  }

  get keysExamined(): number {
    return this.#walk.keysExamined;
  }

  get documentsExamined(): number {
    return this.#walk.documentsExamined;
  }

  /** Nothing follows, as far as is known without reading on: the limit is reached, or all was sorted and given out. */
  get isAtEnd(): boolean {
    return this.#remaining <= 0 || (this.#isExhausted && this.#pendingAt >= this.#pending.length);
  }

  /** Up to `limit` further matching records in order; undefined at the end. */
  async next(run: QueryRun, limit: number): Promise<readonly StoredRecord[] | undefined> {
    if (this.#remaining <= 0) return undefined;
    if (!this.#sorted) await this.#sortAll(run);
    while (this.#pendingAt >= this.#pending.length) {
      if (this.#isExhausted) return undefined;
      await this.#refill(run, limit);
    }
    const count = Math.min(limit, this.#remaining, this.#pending.length - this.#pendingAt);
    const records = this.#pending.slice(this.#pendingAt, this.#pendingAt + count);
    this.#pendingAt += count;
    this.#remaining -= count;
    return records;
  }

  async #refill(run: QueryRun, limit: number): Promise<void> {
    // A query that takes everything it meets asks for no more than it was asked for.
    const wanted = this.#options.filter.isEmpty ? Math.min(limit + this.#toSkip, walkBatch) : walkBatch;
    const matching = await this.#nextMatching(run, Math.max(wanted, 1));
    if (matching === undefined) {
      this.#isExhausted = true;
      return;
    }
    const skipped = Math.min(this.#toSkip, matching.length);
    this.#toSkip -= skipped;
    this.#pending = matching;
    this.#pendingAt = skipped;
    // Where there can be only one record nothing has to be asked for again.
    if (this.#options.plan.access.kind === 'idPoint') this.#isExhausted = true;
  }

  async #nextMatching(run: QueryRun, limit: number): Promise<StoredRecord[] | undefined> {
    run.checkInterrupt();
    const pause = run.pause();
    if (pause !== undefined) await pause;
    const loading = whileLoading();
    if (loading !== undefined) await loading;
    const { filter, scope } = this.#options;
    const { watch } = this;
    watch?.follow(run);
    let records = this.#walk.next(run.transaction, limit);
    if (records instanceof Promise) records = await records;
    if (records === undefined) return undefined;
    if (filter.isEmpty) return [...records];
    const matching: StoredRecord[] = [];
    for (const record of records) {
      if (filter.matches(record.bytes, scope)) matching.push(record);
      const turn = watch?.pause();
      if (turn !== undefined) await turn;
    }
    return matching;
  }

  async #sortAll(run: QueryRun): Promise<void> {
    // A filter with $near orders by distance where nothing else is asked for.
    const sort = this.#options.sort ?? this.#options.filter.near;
    this.#sorted = true;
    if (sort === undefined) return;
    const { watch } = this;
    const keep = this.#remaining + this.#toSkip;
    let rows: SortedRecord[] = [];
    let heldBytes = 0;
    for (let batch = await this.#nextMatching(run, walkBatch); batch !== undefined; ) {
      for (const record of batch) {
        watch?.step(record.bytes.length / bytesPerStep);
        const turn = watch?.pause();
        if (turn !== undefined) await turn;
        rows.push({ ...record, sortKey: sort.keyOf(BsonDocument.fromBytes(record.bytes)) });
        heldBytes += record.bytes.length;
      }
      // Only the first `keep` rows matter; the others go as soon as there are twice as many.
      if (rows.length > 2 * keep + walkBatch) {
        rows = rows.sort(bySortKey).slice(0, keep);
        heldBytes = rows.reduce((sum, { bytes }) => sum + bytes.length, 0);
      }
      this.#checkSortMemory(heldBytes);
      batch = await this.#nextMatching(run, walkBatch);
    }
    this.#pending = rows.sort(bySortKey);
    this.#pendingAt = this.#toSkip;
    this.#toSkip = 0;
    this.#isExhausted = true;
  }

  #checkSortMemory(heldBytes: number): void {
    if (heldBytes <= limits.blockingStageBytes || this.#options.allowsDiskUse !== false) return;
    throw new MongoError(
      'QueryExceededMemoryLimitNoDiskUseAllowed',
      `Executor error during find command :: caused by :: Sort exceeded memory limit of ${limits.blockingStageBytes} bytes, but did not opt in to external sorting.`,
    );
  }
}

function indexNames(access: Access): string[] {
  switch (access.kind) {
    case 'empty':
    case 'collectionScan':
      return [];
    case 'idPoint':
    case 'indexScan':
      return [access.index.name];
    case 'union':
      return access.branches.map(({ index }) => index.name);
  }
}

function bySortKey(left: SortedRecord, right: SortedRecord): number {
  return left.sortKey < right.sortKey ? -1 : left.sortKey > right.sortKey ? 1 : 0;
}

function needsMerge(plan: Plan): boolean {
  return plan.access.kind === 'union' && plan.access.mergeSort;
}
