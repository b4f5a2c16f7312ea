/** How $out and $merge write: the writer that the aggregate command lends its last stage. */
import type { Namespace } from '../../aggregation/collection.ts';
import type { CollectionReplacement, CollectionWriter, MergeRow } from '../../aggregation/collection-writer.ts';
import { valuesEqual } from '../../bson/compare.ts';
import { document } from '../../bson/literal.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { findCollection, whileExclusive, whileShared } from '../../catalog/access.ts';
import type { CatalogEntry, Collection } from '../../catalog/collection.ts';
import { CollectionBuild } from '../../catalog/collection-build.ts';
import { replaceRecord } from '../../catalog/document-write.ts';
import { type Namespace as FullNamespace, namespace } from '../../catalog/namespace.ts';
import { timeseriesFields, writtenTimeseriesOption } from '../../catalog/option/timeseries.ts';
import { CollectionQuery } from '../../catalog/query.ts';
import { unknownReach } from '../../change/reach.ts';
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
import { isFailed, runStatements } from './ordered-statements.ts';
import { validateDocument } from './validate-document.ts';

export class OperationWriter implements CollectionWriter {
  readonly #services: Services;
  readonly #operation: Operation;
  readonly #bypassValidation: boolean;

  constructor(services: Services, operation: Operation, bypassValidation: boolean) {
    this.#services = services;
    this.#operation = operation;
    this.#bypassValidation = bypassValidation;
  }

  /** A collection is filled beside the old one and takes its place, with its options and indexes, at `finish`. */
  async replaceCollection(target: Namespace, timeseries: BsonDocument | undefined): Promise<CollectionReplacement> {
    const name = namespace(target.database, target.collection);
    const { catalog, randomness, sessions } = this.#services;
    const existing = catalog.find(undefined, name.database, name.collection);
    checkReplaceable(name, existing, timeseries);
    const old = findCollection(catalog, undefined, name);
    const build = await CollectionBuild.begin(catalog, randomness, sessions.parts.commitPoint, {
      name,
      options: old?.options ?? optionsOfNew(timeseries),
      ...(old === undefined ? {} : { indexes: old.indexes.map(({ specification }) => specification) }),
    });
    return {
      insert: (added) => this.#fill(build, added),
      finish: async () => {
        await whileExclusive(this.#services, this.#operation, name, () =>
          this.#operation.write(async (transaction) => {
            const current = findCollection(catalog, transaction, name);
            checkReplaceable(name, current, timeseries);
            checkUnchanged(name, old, current);
            await build.put(transaction, this.#operation, current);
          }),
        );
        build.end();
      },
      abandon: () => build.abandon(),
    };
  }

  async #fill(build: CollectionBuild, documents: readonly BsonDocument[]): Promise<void> {
    const services = { ...this.#services, writing: build.writing };
    const options = { bypassValidation: this.#bypassValidation };
    await build.add(async (transaction, collection) => {
      for (const document of documents) {
        const stamped = withTimestamps(services, document);
        await insertOne(services, this.#operation, transaction, collection, stamped, options);
      }
    });
  }

  async merge(target: Namespace, rows: readonly MergeRow[], collation: Collation | undefined): Promise<void> {
    const name = namespace(target.database, target.collection);
    const results = await runStatements([...rows.keys()], false, (index) =>
      this.#merge(name, rows[index] as MergeRow, collation),
    );
    for (const result of results) if (isFailed(result)) throw result.error;
  }

  async #merge(name: FullNamespace, row: MergeRow, collation: Collation | undefined): Promise<void> {
    if (!isKnownCollection(this.#services, name)) {
      if (row.change(undefined) === undefined) return;
      await ensureCollection(this.#services, this.#operation, name);
    }
    await whileShared(this.#services, this.#operation, name, () =>
      this.#operation.write((transaction) => this.#mergeRow(transaction, name, row, collation)),
    );
  }

  async #mergeRow(
    transaction: StorageTransaction,
    name: FullNamespace,
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
        bypassValidation: this.#bypassValidation,
      });
      return;
    }
    const bytes = encodeDocument(after);
    if (bytes.equals(found.bytes)) return;
    if (!this.#bypassValidation) validateDocument(this.#services, this.#operation, collection, bytes, found.bytes);
    await replaceRecord(this.#services.writing, transaction, collection, found, bytes, unknownReach);
  }
}

/** Throws where $out cannot put a collection of this kind in place of what is there. */
function checkReplaceable(
  name: FullNamespace,
  existing: CatalogEntry | undefined,
  timeseries: BsonDocument | undefined,
): void {
  const wanted = timeseries === undefined ? undefined : writtenTimeseriesOption(timeseriesFields(timeseries));
  if (existing === undefined) return;
  if (wanted !== undefined) {
    const option = existing.options.get('timeseries');
    if (existing.kind === 'view' || !(option instanceof BsonDocument)) {
      throw new MongoError(
        'Location7268700',
        'Cannot create a time-series collection from a non time-series collection',
      );
    }
    if (!valuesEqual(option, wanted)) {
      throw new MongoError(
        'Location7406103',
        `Time field or options mismatch: the time-series collection ${name.full} has other options than $out asks for`,
      );
    }
  }
  if (existing.kind === 'view') {
    throw new MongoError('CommandNotSupportedOnView', `cannot $out to view: ${name.full}`);
  }
  if (existing.capped !== undefined) {
    throw new MongoError('Location17152', `namespace '${name.full}' is capped so it can't be used for $out`);
  }
}

/** Throws CommandFailed where the collection that $out replaces is not what it was when $out began. */
function checkUnchanged(name: FullNamespace, old: Collection | undefined, current: Collection | undefined): void {
  const specifications = (collection: Collection | undefined): Value[] =>
    collection?.indexes.map(({ specification }) => specification) ?? [];
  const isSame = (left: Value, right: Value): boolean => valuesEqual(left, right);
  if (current !== undefined && !isSame(specifications(old), specifications(current))) {
    throw new MongoError('CommandFailed', `indexes of target collection ${name.full} changed while processing $out`);
  }
  if (old !== undefined && current !== undefined && !isSame(old.options, current.options)) {
    throw new MongoError(
      'CommandFailed',
      `collection options of target collection ${name.full} changed while processing $out`,
    );
  }
}

/** The options of a collection that $out makes. */
function optionsOfNew(timeseries: BsonDocument | undefined): BsonDocument {
  if (timeseries === undefined) return BsonDocument.empty;
  return document({ timeseries: writtenTimeseriesOption(timeseriesFields(timeseries)) });
}
