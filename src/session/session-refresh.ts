/**
 * The refresh job (reference 4.3): what was used since the last time is written to `config.system.sessions`, what was
 * ended is removed from it, and cursors of sessions that are no longer there are closed.
 *
 *   cache ──take──► active ─ ending + running ──upsert──► config.system.sessions ──TTL──► gone
 *                   ending ───────────────────remove──►            │
 *   cursors of: ending, and sessions with cursors ──missing there?─┘──► closed
 *
 * A million records go in batches with a turn of the event loop after each, in the order of their ids: neighbours lie on
 * the same pages of a store, so that each page is written once per refresh and not once per record.
 */
import { document } from '../bson/literal.ts';
import type { Value } from '../bson/value.ts';
import { type Clock, yieldToEvents } from '../clock/clock.ts';
import type { Log } from '../log.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { StorageEngine } from '../storage/engine.ts';
import type { CursorKeeper } from './cursor-keeper.ts';
import { batches, JobStatistics } from './job-statistics.ts';
import { type SessionId, sessionIdOf } from './logical-session-id.ts';
import type { OperationRegistry } from './operation-registry.ts';
import type { SessionCache, TakenSessions } from './session-cache.ts';
import type { SessionMap } from './session-map.ts';
import type { RecordChange, SessionRecords } from './session-records.ts';
import type { SessionRecord } from './session-table.ts';

/** Records in one storage transaction, whatever `sessionMaxBatchSize` allows: a turn of the event loop stays short. */
const mostRecords = 500;

export interface RefreshOptions {
  readonly clock: Clock;
  readonly parameters: ParameterStore;
  readonly engine: StorageEngine;
  readonly cache: SessionCache;
  readonly operations: OperationRegistry;
  readonly records: () => SessionRecords;
  readonly cursors: () => CursorKeeper;
  readonly log: Log;
}

export class SessionRefresh {
  readonly statistics: JobStatistics<'entriesRefreshed' | 'entriesEnded' | 'cursorsClosed'>;
  readonly #options: RefreshOptions;
  #running: Promise<void> | undefined;

  constructor(options: RefreshOptions) {
    this.#options = options;
    this.statistics = new JobStatistics(options.clock, { entriesRefreshed: 0, entriesEnded: 0, cursorsClosed: 0 });
  }

  /** Runs the job, after the one that is running if there is one. Throws what kept it from its work; nothing is lost then. */
  async run(): Promise<void> {
    while (this.#running !== undefined) await this.#running.catch(() => undefined);
    this.#running = this.#refresh();
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  async #refresh(): Promise<void> {
    const { cache, parameters } = this.#options;
    const finish = this.statistics.begin();
    const { sessions } = this.#options.records();
    await sessions.prepare(parameters.get('localLogicalSessionTimeoutMinutes') * 60);
    const taken = cache.take();
    this.#addRunning(taken);
    const refreshed = await this.#writeActive(taken);
    await this.#removeEnding(taken.ending);
    await this.#options.engine.flush();
    const cursorsClosed = await this.#closeCursors(taken.ending);
    finish({ entriesRefreshed: refreshed.count, entriesEnded: taken.ending.size, cursorsClosed });
    if (refreshed.failure !== undefined) throw refreshed.failure;
  }

  /** A running operation keeps its session alive, whenever the session was last named. */
  #addRunning({ active, ending }: TakenSessions): void {
    for (const operation of this.#options.operations.running()) {
      const { lsid } = operation;
      if (lsid === undefined || ending.has(lsid) || active.has(lsid)) continue;
      active.set(lsid, {
        lastUseMs: operation.startMs,
        openedMs: operation.startMs,
        origin: undefined,
        firstCommand: operation.commandName,
        lastCommand: operation.commandName,
        commands: 1,
      });
    }
  }

  /**
   * Writes what was not ended. Records of failed batches go back to the cache; the others count. One batch is prepared
   * while the one before it is on its way into the store.
   */
  async #writeActive({ active, ending }: TakenSessions): Promise<{ count: number; failure: unknown }> {
    const { cache, clock } = this.#options;
    const { sessions } = this.#options.records();
    const outcome: { count: number; failure: unknown } = { count: 0, failure: undefined };
    const write = async (batch: readonly [SessionId, SessionRecord][]): Promise<void> => {
      try {
        const lastUse = new Date(clock.nowMs());
        await sessions.upsert(batch.map(([id, record]) => change(id, record, lastUse)));
        outcome.count += batch.length;
      } catch (thrown) {
        outcome.failure = thrown;
        for (const [id, record] of batch) cache.giveBack(id, record);
      }
    };
    let before = Promise.resolve();
    for (const taken of batches(await active.entriesInOrder(), this.#batchSize())) {
      const written = write(ending.size === 0 ? taken : taken.filter(([id]) => !ending.has(id)));
      await before;
      before = written;
      await yieldToEvents();
    }
    await before;
    return outcome;
  }

  async #removeEnding(ending: SessionMap<SessionId>): Promise<void> {
    const { sessions } = this.#options.records();
    try {
      for (const batch of batches(await ending.idsInOrder(), this.#batchSize())) {
        await sessions.remove(batch.map((id) => id.toDocument()));
        await yieldToEvents();
      }
    } catch (thrown) {
      for (const [id] of ending.entries()) this.#options.cache.end(id);
      throw thrown;
    }
  }

  /** Closes what ended sessions left open, and what sessions without a document or a use since left open. */
  async #closeCursors(ending: SessionMap<SessionId>): Promise<number> {
    const { cache, parameters } = this.#options;
    const cursors = this.#options.cursors();
    const unused: SessionId[] = [];
    let closed = 0;
    for (const lsid of cursors.sessions()) {
      const id = sessionIdOf(lsid);
      if (ending.has(id)) closed += cursors.killForSession(id, 'its session was ended');
      else if (!cache.has(id)) unused.push(id);
    }
    const minutes = parameters.get('localLogicalSessionTimeoutMinutes');
    for (const id of await this.#missing(unused)) {
      const reason = `its session expired after ${minutes} minutes without use; refreshSessions keeps a session alive`;
      closed += cursors.killForSession(id, reason);
    }
    return closed;
  }

  /** Those of the sessions that have no document. A failure to look only delays the end of their cursors. */
  async #missing(ids: readonly SessionId[]): Promise<SessionId[]> {
    const { sessions } = this.#options.records();
    const missing: SessionId[] = [];
    try {
      for (const batch of batches(ids, this.#batchSize())) {
        const positions = await sessions.findMissing(batch.map((id) => id.toDocument()));
        missing.push(...positions.map((position) => batch[position]).filter((id) => id !== undefined));
        await yieldToEvents();
      }
    } catch (thrown) {
      this.#options.log.warn({ error: thrown }, 'cannot look for expired sessions; the next refresh tries again');
    }
    return missing;
  }

  #batchSize(): number {
    return Math.min(this.#options.parameters.get('sessionMaxBatchSize'), mostRecords);
  }
}

/** `lastUse` is the time of the write, not of the use: the collection runs by one clock. */
function change(id: SessionId, { origin }: SessionRecord, lastUse: Date): RecordChange {
  const set = new Map<string, Value>([['lastUse', lastUse]]);
  if (origin?.user !== undefined) set.set('user', document({ name: origin.user }));
  return { id: id.toDocument(), set };
}
