import { encodeDocument } from '../../bson/write.ts';
import { findCollection, whileShared } from '../../catalog/access.ts';
import type { Collection } from '../../catalog/collection.ts';
import type { StoredRecord } from '../../catalog/document-write.ts';
import { decodeRecordId } from '../../catalog/record-id.ts';
import { CollectionWalk } from '../../catalog/record-scan.ts';
import { delay } from '../../clock/clock.ts';
import { type Batch, BatchBuilder, type ResultStream } from '../../cursor/stream.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { Key, StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';
import type { PreparedQuery } from './query.ts';
import { type Show, type ShowOptions, shownBy } from './shown-document.ts';

const recordBatch = 256;
/** How long a getMore on an awaitData cursor waits where it names no maxTimeMS. */
const defaultAwaitMs = 1000;

const forwards = { access: { kind: 'collectionScan', direction: 1 } } as const;

export interface TailOptions extends ShowOptions {
  readonly skip?: number | undefined;
  /** After so many documents the cursor is at its end, whatever is inserted later; 0: none. */
  readonly limit?: number | undefined;
  /** Whether a getMore at the end waits for an insert. */
  readonly awaitData?: boolean | undefined;
}

/**
 * A capped collection read to its end and on from there: a getMore at the end finds nothing yet, or, with awaitData, waits
 * for an insert.
 */
export class TailStream implements ResultStream {
  readonly #services: Services;
  readonly #collection: Collection;
  readonly #query: PreparedQuery;
  readonly #show: Show;
  readonly #awaitsData: boolean;
  readonly #walk: CollectionWalk;
  #left: readonly StoredRecord[] = [];
  #toSkip: number;
  #remaining: number;
  /** The last record that was read: the cursor's position. */
  #position: Key | undefined;

  constructor(services: Services, collection: Collection, query: PreparedQuery, options: TailOptions) {
    this.#services = services;
    this.#collection = collection;
    this.#query = query;
    this.#show = shownBy(query, forwards, options);
    this.#awaitsData = options.awaitData === true;
    this.#walk = new CollectionWalk(collection);
    this.#toSkip = options.skip ?? 0;
    this.#remaining = options.limit === undefined || options.limit === 0 ? Number.POSITIVE_INFINITY : options.limit;
  }

  /** The batch of the find itself, which never waits. */
  first(operation: Operation, count: number): Promise<Batch> {
    return this.#read(operation, count);
  }

  async next(operation: Operation, count: number): Promise<Batch> {
    if (!this.#awaitsData) return this.#read(operation, count);
    const waitMs = operation.maxTimeMs === 0 ? defaultAwaitMs : operation.maxTimeMs;
    operation.ignoreDeadline();
    const { clock } = this.#services;
    const untilMs = clock.monotonicMs() + waitMs;
    for (;;) {
      const inserted = this.#nextInsert();
      const batch = await this.#read(operation, count);
      const leftMs = untilMs - clock.monotonicMs();
      if (batch.documents.length > 0 || batch.isLast || leftMs <= 0) {
        inserted.cancel();
        return batch;
      }
      await Promise.race([inserted.promise, delay(clock, leftMs), operation.whenInterrupted()]);
      inserted.cancel();
      operation.checkInterrupt();
    }
  }

  /** Whether the collection had no document to stand on. */
  get isDead(): boolean {
    return this.#position === undefined;
  }

  close(): void {
    this.#left = [];
  }

  #nextInsert(): { readonly promise: Promise<void>; readonly cancel: () => void } {
    const listeners = this.#collection.state.insertListeners;
    let listener = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      listener = resolve;
    });
    listeners.add(listener);
    return { promise, cancel: () => listeners.delete(listener) };
  }

  async #read(operation: Operation, count: number): Promise<Batch> {
    const { namespace, recordTable } = this.#collection;
    return whileShared(this.#services, operation, namespace, () =>
      operation.read((transaction) => {
        const current = findCollection(this.#services.catalog, transaction, namespace);
        if (current?.recordTable !== recordTable) throw new MongoError('QueryPlanKilled', 'collection dropped');
        return this.#fill(operation, transaction, count);
      }),
    );
  }

  async #fill(operation: Operation, transaction: StorageTransaction, count: number): Promise<Batch> {
    if (this.#position !== undefined && this.#left.length === 0) {
      const current = await transaction.get(this.#collection.recordTable, this.#position);
      if (current === undefined) throw positionLost(this.#position);
    }
    const batch = new BatchBuilder(count);
    const { filter, scope } = this.#query;
    const { watch } = scope.environment;
    watch?.follow(operation);
    this.#walk.resume();
    for (;;) {
      operation.checkInterrupt();
      for (let at = 0; at < this.#left.length; at++) {
        const record = this.#left[at] as StoredRecord;
        const turn = watch?.pause();
        if (turn !== undefined) await turn;
        if (!filter.isEmpty && !filter.matches(record.bytes, scope)) continue;
        if (this.#toSkip > 0) {
          this.#toSkip--;
          continue;
        }
        const shown = this.#show(record);
        const sizeBytes = encodeDocument(shown).length;
        if (!batch.hasRoomFor(sizeBytes)) {
          this.#left = this.#left.slice(at);
          return { documents: batch.documents, isLast: false };
        }
        batch.add(shown, sizeBytes);
        this.#remaining--;
        if (this.#remaining === 0) return { documents: batch.documents, isLast: true };
      }
      this.#left = [];
      const records = await this.#walk.next(transaction, recordBatch);
      if (records === undefined) return { documents: batch.documents, isLast: false };
      this.#left = records;
      this.#position = records[records.length - 1]?.key ?? this.#position;
    }
  }
}

function positionLost(key: Key): MongoError {
  return new MongoError(
    'CappedPositionLost',
    `CollectionScan died due to position in capped collection being deleted. Last seen record id: RecordId(${decodeRecordId(key)})`,
  );
}
