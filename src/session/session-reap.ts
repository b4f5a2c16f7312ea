/**
 * The reap job (reference 4.4): histories of retryable writes and commits whose session is long gone are forgotten, first
 * in memory, then on disk. A retry that comes after that runs as new.
 */
import { type Clock, yieldToEvents } from '../clock/clock.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { HistoryStore, StoredHistory } from './history-store.ts';
import { batches, JobStatistics } from './job-statistics.ts';
import type { SessionId } from './logical-session-id.ts';
import type { SessionCatalog } from './session-catalog.ts';
import type { SessionRecords } from './session-records.ts';

export interface ReapOptions {
  readonly clock: Clock;
  readonly parameters: ParameterStore;
  readonly catalog: SessionCatalog;
  readonly histories: HistoryStore;
  readonly records: () => SessionRecords;
}

export class SessionReap {
  readonly statistics: JobStatistics<'entriesCleanedUp'>;
  readonly #options: ReapOptions;

  constructor(options: ReapOptions) {
    this.#options = options;
    this.statistics = new JobStatistics(options.clock, { entriesCleanedUp: 0 });
  }

  /** Runs the job. Without a sessions collection nobody can say which sessions are gone: then it does nothing. */
  async run(): Promise<void> {
    const finish = this.statistics.begin();
    let entriesCleanedUp = 0;
    if (await this.#options.records().sessions.isPrepared()) {
      await this.#reapMemory();
      entriesCleanedUp = await this.#reapStore();
    }
    finish({ entriesCleanedUp });
  }

  get #cutoffMs(): number {
    const { clock, parameters } = this.#options;
    return clock.nowMs() - parameters.get('TransactionRecordMinimumLifetimeMinutes') * 60_000;
  }

  async #reapMemory(): Promise<void> {
    const { catalog, parameters } = this.#options;
    const cutoffMs = this.#cutoffMs;
    for (const batch of batches(catalog.sessions(), parameters.get('sessionMaxBatchSize'))) {
      const old = batch.filter((session) => session.lastCheckoutMs < cutoffMs && !session.isInUse);
      for (const session of await this.#gone(old)) catalog.drop(session);
      await yieldToEvents();
    }
  }

  async #reapStore(): Promise<number> {
    const { histories, parameters } = this.#options;
    const limit = parameters.get('sessionMaxBatchSize');
    const cutoffMs = this.#cutoffMs;
    let reaped = 0;
    let after: SessionId | undefined;
    for (let isEnd = false; !isEnd; ) {
      const listed = await histories.list(after, limit);
      isEnd = listed.length < limit;
      after = listed.at(-1)?.id;
      reaped += await this.#forget(listed.filter(({ record }) => record.lastWriteMs < cutoffMs));
      await yieldToEvents();
    }
    return reaped;
  }

  async #forget(candidates: readonly StoredHistory[]): Promise<number> {
    const { catalog, histories, records } = this.#options;
    const gone = (await this.#gone(candidates)).filter(({ id }) => {
      const session = catalog.find(id);
      return session === undefined || catalog.drop(session);
    });
    if (gone.length === 0) return 0;
    const ids = gone.map(({ id }) => id.toDocument());
    await records().images.remove(ids);
    await records().transactions.remove(ids);
    await histories.remove(gone);
    return gone.length;
  }

  /** Those whose session has no document any more. */
  async #gone<T extends { readonly id: SessionId }>(sessions: readonly T[]): Promise<T[]> {
    if (sessions.length === 0) return [];
    const missing = await this.#options.records().sessions.findMissing(sessions.map(({ id }) => id.toDocument()));
    return missing.map((position) => sessions[position]).filter((session) => session !== undefined);
  }
}
