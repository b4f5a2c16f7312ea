/**
 * `config.transactions` and `config.image_collection` as MongoDB shows them (reference 6.5, 6.6), made from the durable
 * histories when somebody is about to look: writing them with every retryable write would double its cost. And the way
 * back: a document that a user removed takes its history with it.
 */
import { document } from '../bson/literal.ts';
import type { Timestamp } from '../bson/scalar.ts';
import type { Value } from '../bson/value.ts';
import { yieldToEvents } from '../clock/clock.ts';
import { MongoError } from '../error/mongo-error.ts';
import { compareTimes } from './causal-time.ts';
import type { HistoryStore, StoredHistory } from './history-store.ts';
import type { SessionId } from './logical-session-id.ts';
import type { SessionCatalog } from './session-catalog.ts';
import type { SessionMap } from './session-map.ts';
import type { RecordChange, SessionRecords } from './session-records.ts';
import type { TransactionStatistics } from './transaction-statistics.ts';

/** The collections of `config` that are made on demand. */
const projected: ReadonlySet<string> = new Set(['transactions', 'image_collection']);

/** Election term of a replica set that never had another primary. */
const term = 1n;

const batchSize = 1000;

export interface ProjectionOptions {
  readonly catalog: SessionCatalog;
  readonly histories: HistoryStore;
  readonly records: () => SessionRecords;
  readonly statistics: TransactionStatistics;
  readonly newMap: () => SessionMap<Timestamp>;
}

export class HistoryProjection {
  readonly #options: ProjectionOptions;
  /** What the collections show, by the cluster time of the history that it was made from. */
  #shown: SessionMap<Timestamp>;
  /** How many histories had been written when they were last brought up to date; -1 before the first time. */
  #shownWrites = -1;

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.#shown = options.newMap();
  }

  /** Whether a command that names this collection sees what is made here. */
  concerns(database: string, collection: string | undefined): boolean {
    return database === 'config' && collection !== undefined && projected.has(collection);
  }

  /** Brings both collections up to date. */
  async refresh(): Promise<void> {
    const { records, newMap, statistics } = this.#options;
    const { recordWrites } = statistics;
    if (recordWrites === this.#shownWrites) return;
    const shown = newMap();
    for await (const batch of this.#listed()) {
      const changed = batch.filter((history) => !this.#isShown(history));
      if (changed.length > 0) {
        await records().transactions.upsert(changed.map(transactionChange));
        await this.#showImages(changed);
      }
      for (const { id, record } of batch) shown.set(id, record.writtenAt);
    }
    this.#shown = shown;
    this.#shownWrites = recordWrites;
  }

  /** Forgets the histories whose document is gone from `config.transactions`: a user removed it. */
  async takeBack(): Promise<void> {
    const { records, catalog, histories } = this.#options;
    for await (const batch of this.#listed()) {
      const shown = batch.filter((history) => this.#isShown(history));
      const missing = await records().transactions.findMissing(shown.map(({ id }) => id.toDocument()));
      const gone = missing.map((position) => shown[position]).filter((history) => history !== undefined);
      if (gone.length === 0) continue;
      await histories.remove(gone);
      for (const { id } of gone) {
        const session = catalog.find(id);
        if (session === undefined || catalog.drop(session)) continue;
        const reason = 'the record of its session in config.transactions was removed';
        session.isLoaded = false;
        session.holder?.interrupt(new MongoError('Interrupted', `operation was interrupted: ${reason}`));
      }
    }
  }

  #isShown({ id, record }: StoredHistory): boolean {
    const writtenAt = this.#shown.get(id);
    return writtenAt !== undefined && compareTimes(writtenAt, record.writtenAt) === 0;
  }

  async *#listed(): AsyncIterableIterator<StoredHistory[]> {
    let after: SessionId | undefined;
    for (let isEnd = false; !isEnd; ) {
      const batch = await this.#options.histories.list(after, batchSize);
      isEnd = batch.length < batchSize;
      after = batch.at(-1)?.id;
      yield batch;
      await yieldToEvents();
    }
  }

  async #showImages(changed: readonly StoredHistory[]): Promise<void> {
    const { histories, records } = this.#options;
    const changes: RecordChange[] = [];
    for (const stored of changed) {
      if (stored.record.detailRecords === 0) continue;
      const image = (await histories.details(stored)).findLast((detail) => detail.image !== undefined)?.image;
      if (image === undefined) continue;
      changes.push({
        id: stored.id.toDocument(),
        set: new Map<string, Value>([
          ['txnNum', stored.record.txnNumber],
          ['ts', stored.record.writtenAt],
          ['imageKind', image.kind],
          ['image', image.document],
          ['invalidated', false],
        ]),
      });
    }
    if (changes.length > 0) await records().images.upsert(changes);
  }
}

function transactionChange({ id, record }: StoredHistory): RecordChange {
  const set = new Map<string, Value>([
    ['txnNum', record.txnNumber],
    ['lastWriteOpTime', document({ ts: record.writtenAt, t: term })],
    ['lastWriteDate', new Date(record.lastWriteMs)],
  ]);
  if (record.kind === 'committed') set.set('state', 'committed');
  return { id: id.toDocument(), set, unset: record.kind === 'committed' ? [] : ['state'] };
}
