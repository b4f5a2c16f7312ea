/** Reads and writes the durable histories (`history-record.ts`). */
import type { Timestamp } from '../bson/scalar.ts';
import type { MaybePromise, StorageEngine, StorageTransaction, Write } from '../storage/engine.ts';
import { reservedTables } from '../storage/reserved-tables.ts';
import {
  decodeDetails,
  decodeHistoryRecord,
  detailKey,
  encodeDetails,
  encodeHistoryRecord,
  type HistoryRecord,
  sessionKeyBytes,
} from './history-record.ts';
import { SessionId } from './logical-session-id.ts';
import { chain, settle } from './maybe-promise.ts';
import type { Session } from './session.ts';
import { type NewStatement, type StatementDetail, StatementHistory } from './statement-history.ts';

const table = reservedTables.sessionHistory;

/** Records that go into the storage transaction of the data, and what has to be done in memory once that is committed. */
export interface PlannedRecord {
  readonly writes: readonly Write[];
  adopt(): void;
}

/** When a record is written. */
export interface WriteMoment {
  readonly writtenAt: Timestamp;
  readonly lastWriteMs: number;
}

export interface StoredHistory {
  readonly id: SessionId;
  readonly record: HistoryRecord;
}

export class HistoryStore {
  readonly #engine: StorageEngine;

  constructor(engine: StorageEngine) {
    this.#engine = engine;
  }

  /** Fills a session from its durable record, where it has one. */
  load(session: Session): MaybePromise<void> {
    return this.#read((transaction) =>
      chain(transaction.get(table, session.id.key), (bytes) => {
        if (bytes === undefined) {
          session.reset();
          return;
        }
        const record = decodeHistoryRecord(bytes);
        return chain(readDetails(transaction, session.id, record.detailRecords), (details) =>
          fill(session, record, details),
        );
      }),
    );
  }

  /** The details of a session's last statements. */
  details({ id, record }: StoredHistory): MaybePromise<StatementDetail[]> {
    return this.#read((transaction) => readDetails(transaction, id, record.detailRecords));
  }

  /** Statements of the session's retryable write that are about to be committed. */
  planStatements(
    session: Session,
    history: StatementHistory,
    statements: readonly NewStatement[],
    moment: WriteMoment,
  ): PlannedRecord {
    const plan = history.plan(statements);
    return replace(session, 'retryableWrite', moment, plan.runs, plan.details, () => history.adopt(plan));
  }

  /** The commit of the session's transaction. */
  planCommit(session: Session, moment: WriteMoment): PlannedRecord {
    return replace(session, 'committed', moment, [], [], () => undefined);
  }

  /** The next histories behind `after`, in the order of their keys; fewer than `limit` at the end. */
  list(after: SessionId | undefined, limit: number): MaybePromise<StoredHistory[]> {
    return this.#read((transaction) => listOn(transaction, after, limit));
  }

  /** Removes the histories of these sessions. */
  async remove(histories: readonly StoredHistory[]): Promise<void> {
    const writes: Write[] = [];
    for (const { id, record } of histories) {
      writes.push({ table, key: id.key, value: undefined });
      for (let index = 0; index < record.detailRecords; index++) {
        writes.push({ table, key: detailKey(id.key, index), value: undefined });
      }
    }
    const transaction = await this.#engine.begin();
    try {
      await transaction.write(writes);
      await transaction.commit('visible');
    } catch (thrown) {
      transaction.abort();
      throw thrown;
    }
  }

  #read<T>(work: (transaction: StorageTransaction) => MaybePromise<T>): MaybePromise<T> {
    return chain(this.#engine.begin({ readOnly: true }), (transaction) =>
      settle(
        () => work(transaction),
        (value) => {
          transaction.abort();
          return value;
        },
        (thrown) => {
          transaction.abort();
          throw thrown;
        },
      ),
    );
  }
}

/** Puts a record in the place of the session's former one; details of the same number stay and get company. */
function replace(
  session: Session,
  kind: HistoryRecord['kind'],
  { writtenAt, lastWriteMs }: WriteMoment,
  runs: HistoryRecord['runs'],
  details: readonly StatementDetail[],
  adopted: () => void,
): PlannedRecord {
  const { txnNumber } = session;
  const { key } = session.id;
  const kept = session.durableNumber === txnNumber ? session.detailRecords : 0;
  const detailRecords = details.length > 0 ? kept + 1 : kept;
  const value = encodeHistoryRecord({ kind, txnNumber, writtenAt, lastWriteMs, detailRecords, runs });
  const writes: Write[] = [{ table, key, value }];
  if (details.length > 0) writes.push({ table, key: detailKey(key, kept), value: encodeDetails(details) });
  for (let index = detailRecords; index < session.detailRecords; index++) {
    writes.push({ table, key: detailKey(key, index), value: undefined });
  }
  return {
    writes,
    adopt: () => {
      session.durableNumber = txnNumber;
      session.detailRecords = detailRecords;
      adopted();
    },
  };
}

function fill(session: Session, record: HistoryRecord, details: readonly StatementDetail[]): void {
  session.txnNumber = record.txnNumber;
  session.durableNumber = record.txnNumber;
  session.detailRecords = record.detailRecords;
  session.state =
    record.kind === 'committed'
      ? { kind: 'committed', at: record.writtenAt }
      : { kind: 'retryableWrite', history: new StatementHistory(record.runs, details) };
  session.isLoaded = true;
}

function readDetails(transaction: StorageTransaction, id: SessionId, count: number): MaybePromise<StatementDetail[]> {
  if (count === 0) return [];
  const keys = Array.from({ length: count }, (_, index) => detailKey(id.key, index));
  return chain(transaction.getMany(table, keys), (values) =>
    values.flatMap((bytes) => (bytes === undefined ? [] : decodeDetails(bytes))),
  );
}

async function listOn(
  transaction: StorageTransaction,
  after: SessionId | undefined,
  limit: number,
): Promise<StoredHistory[]> {
  const found: StoredHistory[] = [];
  // Detail records of a session follow its head; nothing else sorts between a key and the key with all ones behind it.
  let lower = after === undefined ? '' : `${after.key}\xff\xff\xff\xff\xff`;
  for (let more = true; more && found.length < limit; ) {
    const batch = await transaction.scan(table, { lower, lowerExclusive: true }, { limit });
    batch.keys.forEach((key, position) => {
      lower = key;
      if (key.length !== sessionKeyBytes || found.length === limit) return;
      found.push({ id: SessionId.fromKey(key), record: decodeHistoryRecord(batch.values[position] as Buffer) });
    });
    more = batch.more;
  }
  return found;
}
