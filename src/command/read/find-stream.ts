import { encodeDocument } from '../../bson/write.ts';
import { whileShared } from '../../catalog/access.ts';
import type { Collection } from '../../catalog/collection.ts';
import type { StoredRecord } from '../../catalog/document-write.ts';
import type { CollectionQuery } from '../../catalog/query.ts';
import { bytesPerStep } from '../../clock/work-watch.ts';
import type { Batch, ResultStream } from '../../cursor/stream.ts';
import { BatchBuilder } from '../../cursor/stream.ts';
import type { Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';
import { queryRun } from './query.ts';
import type { Show } from './shown-document.ts';

/** Records asked of a query at once. */
const recordBatch = 1000;

/** The documents of a find, batch after batch. */
export class FindStream implements ResultStream {
  readonly #services: Services;
  readonly #collection: Collection;
  readonly #records: CollectionQuery;
  readonly #show: Show;
  /** Records that were read and did not fit into the last reply. */
  #left: readonly StoredRecord[] = [];

  constructor(services: Services, collection: Collection, records: CollectionQuery, show: Show) {
    this.#services = services;
    this.#collection = collection;
    this.#records = records;
    this.#show = show;
  }

  next(operation: Operation, count: number): MaybePromise<Batch> {
    const { namespace } = this.#collection;
    return whileShared(this.#services, operation, namespace, () =>
      operation.read((transaction) => {
        const { database, collection } = namespace;
        this.#records.requireIntact(this.#services.catalog.find(transaction, database, collection));
        return this.fill(operation, transaction, count);
      }),
    );
  }

  /** As `next`, where the caller holds the lock and has the storage transaction. */
  async fill(operation: Operation, transaction: StorageTransaction, count: number): Promise<Batch> {
    const run = queryRun(this.#services, operation, transaction);
    const { watch } = this.#records;
    watch?.follow(run);
    const batch = new BatchBuilder(count);
    for (;;) {
      let at = 0;
      for (; at < this.#left.length; at++) {
        const shown = this.#show(this.#left[at] as StoredRecord);
        const sizeBytes = encodeDocument(shown).length;
        if (!batch.hasRoomFor(sizeBytes)) break;
        batch.add(shown, sizeBytes);
        watch?.step(sizeBytes / bytesPerStep);
        const turn = watch?.pause();
        if (turn !== undefined) await turn;
      }
      if (at < this.#left.length || batch.isFull) {
        this.#left = this.#left.slice(at);
        return { documents: batch.documents, isLast: this.#left.length === 0 && this.#records.isAtEnd };
      }
      const records = await this.#records.next(run, Math.min(count - batch.documents.length, recordBatch));
      if (records === undefined) return { documents: batch.documents, isLast: true };
      this.#left = records;
    }
  }

  close(): void {
    this.#left = [];
  }
}
