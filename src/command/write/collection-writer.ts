/** How $out and $merge write: the writer that the aggregate command lends its last stage. */
import type { Namespace } from '../../aggregation/collection.ts';
import type { CollectionReplacement, CollectionWriter, MergeRow } from '../../aggregation/collection-writer.ts';
import { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { findCollection, whileExclusive, whileShared } from '../../catalog/access.ts';
import { createCollection } from '../../catalog/define.ts';
import { replaceRecord } from '../../catalog/document-write.ts';
import { namespace } from '../../catalog/namespace.ts';
import { CollectionQuery } from '../../catalog/query.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Collation } from '../../query/collation.ts';
import { parseFilter } from '../../query/filter.ts';
import { planQuery } from '../../query/plan.ts';
import type { Operation } from '../../session/operation.ts';
import type { StorageTransaction } from '../../storage/engine.ts';
import { queryRun } from '../read/query.ts';
import type { Services } from '../services.ts';
import { ensureCollection, isKnownCollection } from './ensure-collection.ts';
import { insertOne, withTimestamps } from './insert-documents.ts';
import { validateDocument } from './validate-document.ts';

export class OperationWriter implements CollectionWriter {
  readonly #services: Services;
  readonly #operation: Operation;

  constructor(services: Services, operation: Operation) {
    this.#services = services;
    this.#operation = operation;
  }

  /** The new documents are kept until `finish`, which puts them in place of the old ones in one storage transaction. */
  replaceCollection(target: Namespace, timeseries: BsonDocument | undefined): CollectionReplacement {
    const name = namespace(target.database, target.collection);
    const existing = this.#services.catalog.find(undefined, name.database, name.collection);
    if (existing?.kind === 'view') {
      throw new MongoError('CommandNotSupportedOnView', `cannot $out to view: ${name.full}`);
    }
    if (existing?.capped !== undefined) {
      throw new MongoError('Location17152', `namespace '${name.full}' is capped so it can't be used for $out`);
    }
    if (timeseries !== undefined) {
      throw new MongoError('NotImplemented', '$out to a time-series collection is not supported');
    }
    const documents: BsonDocument[] = [];
    return {
      insert: (added) => {
        documents.push(...added);
      },
      finish: () => this.#replace(name, documents),
      abandon: () => {
        documents.length = 0;
      },
    };
  }

  async #replace(name: ReturnType<typeof namespace>, documents: readonly BsonDocument[]): Promise<void> {
    const { catalog, randomness } = this.#services;
    await whileExclusive(this.#services, this.#operation, name, () =>
      this.#operation.write(async (transaction) => {
        const old = findCollection(catalog, transaction, name);
        if (old !== undefined) await catalog.remove(transaction, this.#operation, old);
        const fresh = await createCollection(catalog, randomness, this.#operation, transaction, {
          name,
          options: old?.options ?? BsonDocument.empty,
          ...(old === undefined ? {} : { indexes: old.indexes.map(({ specification }) => specification) }),
        });
        for (const document of documents) {
          await insertOne(
            this.#services,
            this.#operation,
            transaction,
            fresh,
            withTimestamps(this.#services, document),
            { bypassValidation: false },
          );
        }
      }),
    );
  }

  async merge(target: Namespace, rows: readonly MergeRow[], collation: Collation | undefined): Promise<void> {
    const name = namespace(target.database, target.collection);
    if (!isKnownCollection(this.#services, name)) await ensureCollection(this.#services, this.#operation, name);
    for (const row of rows) {
      await whileShared(this.#services, this.#operation, name, () =>
        this.#operation.write((transaction) => this.#mergeRow(transaction, name, row, collation)),
      );
    }
  }

  async #mergeRow(
    transaction: StorageTransaction,
    name: ReturnType<typeof namespace>,
    row: MergeRow,
    collation: Collation | undefined,
  ): Promise<void> {
    const collection = findCollection(this.#services.catalog, transaction, name);
    if (collection === undefined) throw new MongoError('NamespaceNotFound', `${name.full} was dropped during $merge`);
    const filter = parseFilter(row.filter, { collation });
    const records = new CollectionQuery({
      collection,
      filter,
      plan: planQuery(
        { filter, limit: 1 },
        collection.indexes.map(({ descriptor }) => descriptor),
      ),
      limit: 1,
      keyBytes: this.#services.writing.keyBytes,
    });
    const found = (await records.next(queryRun(this.#services, this.#operation, transaction), 1))?.[0];
    const existing = found === undefined ? undefined : BsonDocument.fromBytes(found.bytes);
    const after = row.change(existing);
    if (after === undefined || after === existing) return;
    if (found === undefined) {
      await insertOne(this.#services, this.#operation, transaction, collection, withTimestamps(this.#services, after), {
        bypassValidation: false,
      });
      return;
    }
    const bytes = encodeDocument(after);
    if (bytes.equals(found.bytes)) return;
    validateDocument(this.#services, this.#operation, collection, bytes, found.bytes);
    await replaceRecord(this.#services.writing, transaction, collection, found, bytes);
  }
}
