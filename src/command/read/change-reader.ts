import type { ChangeReader } from '../../aggregation/change-reader.ts';
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import type { Binary, Timestamp } from '../../bson/scalar.ts';
import { BsonDocument } from '../../bson/value.ts';
import { type Collection, idIndex } from '../../catalog/collection.ts';
import { fitKey } from '../../catalog/index-table.ts';
import type { ReadChanges } from '../../change/log.ts';
import type { ChangePosition } from '../../change/position.ts';
import type { ChangeRecord } from '../../change/record.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';

/** Changes read at once. */
const readBatch = 256;

/** The history and the documents of one storage transaction, up to a bound that was taken before it began. */
export class OperationChangeReader implements ChangeReader {
  readonly #services: Services;
  readonly #transaction: StorageTransaction;
  readonly #bound: Timestamp;

  constructor(services: Services, transaction: StorageTransaction, bound: Timestamp) {
    this.#services = services;
    this.#transaction = transaction;
    this.#bound = bound;
  }

  read(from: ChangePosition): MaybePromise<ReadChanges> {
    return this.#services.changes.read(this.#transaction, from, this.#bound, readBatch);
  }

  images({ position }: ChangeRecord): ReturnType<ChangeReader['images']> {
    return this.#services.changes.images(this.#transaction, position);
  }

  async current(record: ChangeRecord): Promise<BsonDocument | undefined> {
    const collection = record.uuid === undefined ? undefined : this.#findCollection(record, record.uuid);
    const index = collection === undefined ? undefined : idIndex(collection);
    const id = record.documentKey?.get('_id');
    if (collection === undefined || index === undefined || id === undefined) return undefined;
    const key = fitKey(encodeKeyPart(id, false, index.descriptor.collation), this.#services.writing.keyBytes);
    const recordKey = await this.#transaction.get(index.table, key);
    if (recordKey === undefined) return undefined;
    const bytes = await this.#transaction.get(collection.recordTable, recordKey.toString('latin1'));
    return bytes === undefined ? undefined : BsonDocument.fromBytes(bytes);
  }

  /** The collection that the change was in, whatever it is called by now. */
  #findCollection({ database, collection: name = '' }: ChangeRecord, uuid: Binary): Collection | undefined {
    const { catalog } = this.#services;
    const wanted = Buffer.from(uuid.value());
    const named = catalog.find(this.#transaction, database, name);
    if (named?.kind === 'collection' && named.uuid.equals(wanted)) return named;
    for (const other of [database, ...catalog.databases()]) {
      for (const entry of catalog.list(this.#transaction, other)) {
        if (entry.kind === 'collection' && entry.uuid.equals(wanted)) return entry;
      }
    }
    return undefined;
  }
}
