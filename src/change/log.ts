/**
 * The changes of a store, kept for those who watch it. They are written in the storage transactions that make them, so
 * that a change is there exactly when its data is, also after a crash:
 *
 *   changeState   { recording, historyStart, usedAt }            one record
 *   changeLog     commit's cluster time, place in the commit ─► change
 *   changeImages  the same key ─► the document before, after
 *
 * Nothing is kept until somebody first watches: `start` writes the state, and from that moment on commits bring records.
 * What was committed up to `historyStart` is not there, or was trimmed; whoever wants to go on from such a place is told
 * so. Trimming moves `historyStart` in the transaction that removes the records, so that a reader of one snapshot always
 * sees which history it has.
 *
 *   historyStart      record   record          record       bound (under way, not to be read yet)
 *   ─────┤ gone or never kept ├──┬────────┬───────────────┬──────────┤ ─ ─ commit ─ ─ ─ commit
 *
 * A commit gets its time before it is visible, and two may become visible in the other order. So readers stop at the
 * bound: the time of the earliest commit under way, or behind all times given out where there is none. A time that is
 * given out later lies behind the bound, so no reader passes over a change. Several processes on one store would have to
 * agree on that bound through the store; today's engines serve one process.
 */
import { document } from '../bson/literal.ts';
import { Timestamp } from '../bson/scalar.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import type { Clock } from '../clock/clock.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { Key, MaybePromise, StorageEngine, StorageTransaction, Write, WriteNote } from '../storage/engine.ts';
import { reservedTables } from '../storage/reserved-tables.ts';
import { DefinitionChange, DocumentChange } from './change.ts';
import { type ChangePosition, compareTimes, encodePosition, timeAfter } from './position.ts';
import {
  type ChangeRecord,
  type CommitFields,
  decodeChange,
  encodeDefinitionChange,
  encodeDocumentChange,
} from './record.ts';

const stateKey = 'state';

/** Records that are made of a commit's changes at once. */
const sliceRecords = 500;

/** How far the stored time of the last use may lie behind, in milliseconds. */
const useNoteMs = 600_000;

export interface ChangeLogOptions {
  readonly engine: StorageEngine;
  readonly clock: Clock;
  readonly parameters: ParameterStore;
  /** The newest cluster time that was given out. */
  readonly now: () => Timestamp;
}

/** The stored state. */
export interface ChangeState {
  readonly isRecording: boolean;
  /** Changes up to this time are not there. */
  readonly historyStart: Timestamp;
  /** Wall clock when somebody last watched. */
  readonly usedMs: number;
}

/** Changes in order, from a place on. */
export interface ReadChanges {
  readonly records: readonly ChangeRecord[];
  /** Everything before this time is read; undefined where there is more. */
  readonly readUpTo: Timestamp | undefined;
}

export class ChangeLog {
  readonly options: ChangeLogOptions;
  #isKeeping = false;
  /** The beginning or the end that is being written. */
  #changing: Promise<void> | undefined = undefined;
  /** The newest commit whose changes were not kept; what came before this process counts as such. */
  #missed: Timestamp;
  #usedMs = 0;
  #notedMs = 0;
  readonly #underWay = new Set<Timestamp>();
  readonly #listeners = new Set<() => void>();

  private constructor(options: ChangeLogOptions) {
    this.options = options;
    this.#missed = options.now();
  }

  /** Goes on keeping changes where an earlier run did. To be awaited before the first commit. */
  static async open(options: ChangeLogOptions): Promise<ChangeLog> {
    const log = new ChangeLog(options);
    const transaction = await options.engine.begin({ readOnly: true });
    try {
      const state = await readState(transaction);
      log.#isKeeping = state?.isRecording === true;
      log.#usedMs = state?.usedMs ?? 0;
      log.#notedMs = log.#usedMs;
    } finally {
      transaction.abort();
    }
    if (log.#isAlways) await log.start();
    return log;
  }

  /** Whether changes are kept though nobody watches. */
  get #isAlways(): boolean {
    return this.options.parameters.get('changeStreamRecordsAlways');
  }

  get isKeeping(): boolean {
    return this.#isKeeping;
  }

  /** Wall clock when somebody last watched. */
  get usedMs(): number {
    return this.#usedMs;
  }

  /** Begins to keep changes, unless that is so already. Whatever commits after this call was made is kept. */
  start(): MaybePromise<void> {
    this.touch();
    // What is changing may be an end.
    if (this.#changing !== undefined) return this.#changing.then(() => this.start());
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    this.#changing = this.#recordStart(this.#missed).finally(() => {
      this.#changing = undefined;
    });
    return this.#changing;
  }

  async #recordStart(historyStart: Timestamp): Promise<void> {
    try {
      await this.#writeState({ isRecording: true, historyStart, usedMs: this.#usedMs });
    } catch (thrown) {
      this.#isKeeping = false;
      this.#missed = this.options.now();
      throw thrown;
    }
  }

  /** Ends keeping changes, as nobody has watched for long. */
  stop(): Promise<void> {
    const before = this.#changing ?? Promise.resolve();
    this.#changing = before
      .then(() => this.#recordStop())
      .finally(() => {
        this.#changing = undefined;
      });
    return this.#changing;
  }

  async #recordStop(): Promise<void> {
    // First for those who come after a crash: what follows it in the log is then known to have gaps.
    await this.#writeState({ isRecording: false, historyStart: this.options.now(), usedMs: this.#usedMs });
    this.#isKeeping = false;
    this.#missed = this.options.now();
  }

  /** Somebody watches. */
  touch(): void {
    this.#usedMs = this.options.clock.nowMs();
  }

  /** Writes down when somebody last watched, where that is news. */
  async noteUse(): Promise<void> {
    if (this.#usedMs - this.#notedMs < useNoteMs) return;
    const usedMs = this.#usedMs;
    const transaction = await this.options.engine.begin();
    try {
      const state = await readState(transaction);
      if (state !== undefined) await transaction.write([stateWrite({ ...state, usedMs })]);
      await transaction.commit('visible');
      this.#notedMs = usedMs;
    } catch (thrown) {
      transaction.abort();
      if (!isMongoError(thrown, 'WriteConflict')) throw thrown;
    }
  }

  begin(at: Timestamp): void {
    this.#underWay.add(at);
  }

  *records(
    notes: readonly WriteNote[],
    at: Timestamp,
    origin: { readonly lsid: { toDocument(): BsonDocument }; readonly txnNumber: bigint } | undefined,
  ): Generator<Write[], void> {
    const commit: CommitFields = {
      wallTime: new Date(this.options.clock.nowMs()),
      lsid: origin?.lsid.toDocument(),
      txnNumber: origin?.txnNumber,
    };
    let writes: Write[] = [];
    for (const [index, note] of notes.entries()) {
      addRecord(writes, encodePosition({ time: at, index }), note, commit);
      if (writes.length < sliceRecords || index === notes.length - 1) continue;
      yield writes;
      writes = [];
    }
    yield writes;
  }

  ended(at: Timestamp): void {
    this.#underWay.delete(at);
    for (const listener of this.#listeners) listener();
  }

  missed(at: Timestamp): void {
    if (compareTimes(at, this.#missed) > 0) this.#missed = at;
  }

  /** The time that nobody reads at or behind yet. To be asked before the snapshot that is read begins. */
  bound(): Timestamp {
    let earliest: Timestamp | undefined;
    for (const time of this.#underWay) {
      if (earliest === undefined || compareTimes(time, earliest) < 0) earliest = time;
    }
    return earliest ?? timeAfter(this.options.now());
  }

  /**
   * Calls the listener after each commit that brings changes, until the function that it answers is called. A hint: commits
   * of other processes call nobody.
   */
  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Changes from a place on, in order, up to the bound.
   * @throws MongoError ChangeStreamHistoryLost where some of them are gone.
   */
  async read(
    transaction: StorageTransaction,
    from: ChangePosition,
    bound: Timestamp,
    limit: number,
  ): Promise<ReadChanges> {
    const state = await readState(transaction);
    if (state?.isRecording !== true || compareTimes(from.time, state.historyStart) <= 0) throw historyLost();
    const range = {
      lower: encodePosition(from),
      upper: encodePosition({ time: bound, index: 0 }),
      upperExclusive: true,
    };
    const { keys, values, more } = await transaction.scan(reservedTables.changeLog, range, { limit });
    return {
      records: keys.map((key, at) => decodeChange(key, values[at] as Buffer)),
      readUpTo: more ? undefined : bound,
    };
  }

  /** The earliest time that everything is kept from on. */
  async historyStart(transaction: StorageTransaction): Promise<Timestamp> {
    const state = await readState(transaction);
    if (state?.isRecording !== true) throw historyLost();
    return timeAfter(state.historyStart);
  }

  /** The documents before and after a change, where they were kept and have not expired. */
  async images(
    transaction: StorageTransaction,
    position: ChangePosition,
  ): Promise<{ readonly before: BsonDocument | undefined; readonly after: BsonDocument | undefined }> {
    const found = await transaction.get(reservedTables.changeImages, encodePosition(position));
    const images = found === undefined ? BsonDocument.empty : BsonDocument.fromBytes(found);
    const [before, after] = [images.get('before'), images.get('after')];
    return {
      before: before instanceof BsonDocument ? before : undefined,
      after: after instanceof BsonDocument ? after : undefined,
    };
  }

  async #writeState(state: ChangeState): Promise<void> {
    const transaction = await this.options.engine.begin();
    try {
      await transaction.write([stateWrite(state)]);
      await transaction.commit('journaled');
    } catch (thrown) {
      transaction.abort();
      throw thrown;
    }
  }
}

function addRecord(writes: Write[], key: Key, note: WriteNote, commit: CommitFields): void {
  if (note instanceof DocumentChange) {
    const { record, images } = encodeDocumentChange(note, commit);
    writes.push({ table: reservedTables.changeLog, key, value: record });
    if (images !== undefined) writes.push({ table: reservedTables.changeImages, key, value: images });
  } else if (note instanceof DefinitionChange) {
    writes.push({ table: reservedTables.changeLog, key, value: encodeDefinitionChange(note, commit) });
  }
}

function historyLost(): MongoError {
  return new MongoError(
    'ChangeStreamHistoryLost',
    'Resume of change stream was not possible, as the resume point is not, or no longer, in the recorded history',
  );
}

export function stateWrite({ isRecording, historyStart, usedMs }: ChangeState): Write {
  const state = document({ recording: isRecording, historyStart, usedAt: new Date(usedMs) });
  return { table: reservedTables.changeState, key: stateKey, value: encodeDocument(state) };
}

/** The stored state; undefined in a store that nobody has watched. */
export async function readState(transaction: StorageTransaction): Promise<ChangeState | undefined> {
  const stored = await transaction.get(reservedTables.changeState, stateKey);
  if (stored === undefined) return undefined;
  const state = BsonDocument.fromBytes(stored);
  const [historyStart, usedAt] = [state.get('historyStart'), state.get('usedAt')];
  return {
    isRecording: state.get('recording') === true,
    historyStart: historyStart instanceof Timestamp ? historyStart : new Timestamp({ t: 0, i: 0 }),
    usedMs: usedAt instanceof Date ? usedAt.getTime() : 0,
  };
}
