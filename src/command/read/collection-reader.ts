/** How aggregation's stages reach collections: the reader and writer that the aggregate command lends them. */
import type {
  GeoIndex,
  LeadingQuery,
  Namespace,
  NamespaceDescription,
  UniqueIndex,
} from '../../aggregation/collection.ts';
import type { CollectionReader, DocumentSource, Execution } from '../../aggregation/source.ts';
import { emptySource } from '../../aggregation/source.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { findCollection, whileShared } from '../../catalog/access.ts';
import type { CatalogEntry, Collection, View } from '../../catalog/collection.ts';
import { namespace } from '../../catalog/namespace.ts';
import { CollectionQuery, type QueryRun } from '../../catalog/query.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { limits } from '../../limits.ts';
import { type Collation, collationsEqual } from '../../query/collation.ts';
import { parseFilter } from '../../query/filter.ts';
import type { IndexDescriptor } from '../../query/index-descriptor.ts';
import { planQuery } from '../../query/plan.ts';
import type { Operation } from '../../session/operation.ts';
import type { StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';

/** Records asked of a query at once. */
const recordBatch = 256;

/** The reading side of one operation; `storage` is the transaction that the current batch is read in. */
export class OperationReader implements CollectionReader {
  readonly #services: Services;
  readonly #operation: Operation;
  readonly #transaction: StorageTransaction;
  readonly #hint: Value | undefined;
  /** What the transaction's snapshot knows of collections and indexes. */
  readonly #shapeVersion: number;

  constructor(services: Services, operation: Operation, transaction: StorageTransaction, hint?: Value) {
    this.#services = services;
    this.#operation = operation;
    this.#transaction = transaction;
    this.#hint = hint;
    this.#shapeVersion = operation.shapeVersion ?? services.catalog.version;
  }

  get transaction(): StorageTransaction {
    return this.#transaction;
  }

  describe(name: Namespace): NamespaceDescription {
    const entry = this.#services.catalog.find(this.#transaction, name.database, name.collection);
    if (entry === undefined) return { kind: 'missing' };
    if (entry.kind === 'view') return resolveView(this.#services, this.#transaction, entry);
    if (entry.isTimeseries) return { kind: 'timeseries', collation: entry.collation };
    return { kind: 'collection', collation: entry.collation, isCapped: entry.capped !== undefined };
  }

  open(name: Namespace, query: LeadingQuery): DocumentSource {
    const full = namespace(name.database, name.collection);
    const collection = findCollection(this.#services.catalog, this.#transaction, full);
    if (collection === undefined) return emptySource;
    this.#requireKnown(collection);
    const filter = query.filter ?? parseFilter(BsonDocument.empty);
    const { sort, skip, limit, scope } = query;
    const plan = planQuery(
      { filter, sort, skip, limit, hint: this.#hint },
      collection.indexes.map(({ descriptor }) => descriptor),
    );
    if (limit === 0) return emptySource;
    const records = new CollectionQuery({
      collection,
      plan,
      filter,
      sort,
      scope,
      skip: skip ?? 0,
      limit: limit ?? 0,
      keyBytes: this.#services.writing.keyBytes,
    });
    return new CollectionSource(records, collection);
  }

  /** Throws QueryPlanKilled for what was made since the snapshot, whose indexes would be empty in it. */
  #requireKnown({ changedAt, namespace: { full } }: Collection): void {
    if (changedAt <= this.#shapeVersion) return;
    throw new MongoError('QueryPlanKilled', `${full} was changed while the operation read`);
  }

  /** Throws QueryPlanKilled where the query cannot go on with what its collection's name stands for now. */
  requireIntact(records: CollectionQuery, { namespace: { database, collection } }: Collection): void {
    records.requireIntact(this.#services.catalog.find(this.#transaction, database, collection));
  }

  hasIndexOn(name: Namespace, path: string): boolean {
    const entry = this.#collection(name);
    return (
      entry?.indexes.some(({ descriptor }) => descriptor.fields[0]?.path === path && !descriptor.isHidden) ?? false
    );
  }

  findUniqueIndex(
    name: Namespace,
    fields: readonly string[],
    collation: Collation | undefined,
  ): UniqueIndex | undefined {
    const wanted = [...fields].sort().join('\0');
    const entry = this.#collection(name);
    if (entry === undefined) return wanted === '_id' ? { isSparse: false } : undefined;
    return entry.indexes
      .map(({ descriptor }) => descriptor)
      .find(
        (descriptor) =>
          descriptor.isUnique &&
          descriptor.partialFilter === undefined &&
          pathsOf(descriptor).sort().join('\0') === wanted &&
          collationsEqual(descriptor.collation, collation),
      );
  }

  findGeoIndexes(name: Namespace): GeoIndex[] {
    const fields = this.#collection(name)?.indexes.flatMap(({ descriptor }) => descriptor.fields) ?? [];
    return fields.flatMap(({ kind, path }) => (kind === '2d' || kind === '2dsphere' ? [{ kind, path }] : []));
  }

  #collection(name: Namespace): Collection | undefined {
    const entry = this.#services.catalog.find(this.#transaction, name.database, name.collection);
    return entry?.kind === 'collection' ? entry : undefined;
  }

  /** What a query of this operation runs with. */
  run(execution: Execution): QueryRun {
    return {
      transaction: this.#transaction,
      checkInterrupt: () => this.#operation.checkInterrupt(),
      pause: () => execution.pause(),
    };
  }
}

function pathsOf({ fields }: IndexDescriptor): string[] {
  return fields.map(({ path }) => path);
}

/** The documents of a collection's query as a pipeline's source. */
class CollectionSource implements DocumentSource {
  readonly #records: CollectionQuery;
  readonly #collection: Collection;

  constructor(records: CollectionQuery, collection: Collection) {
    this.#records = records;
    this.#collection = collection;
  }

  async next(execution: Execution): Promise<readonly BsonDocument[] | undefined> {
    const { reader } = execution;
    if (!(reader instanceof OperationReader)) {
      throw new MongoError(
        'InternalError',
        `${this.#collection.namespace.full} is read by another reader than opened it`,
      );
    }
    reader.requireIntact(this.#records, this.#collection);
    const records = await this.#records.next(reader.run(execution), recordBatch);
    return records?.map(({ bytes }) => BsonDocument.fromBytes(bytes));
  }
}

/** Where a view leads: the collection at its bottom, and the stages of all views on the way, lowest first. */
export function resolveView(
  services: Services,
  transaction: StorageTransaction | undefined,
  view: View,
): NamespaceDescription & { readonly kind: 'view' } {
  const { database } = view.namespace;
  let stages: readonly Value[] = view.pipeline;
  let on = view.viewOn;
  for (let depth = 1; ; depth++) {
    const below: CatalogEntry | undefined = services.catalog.find(transaction, database, on);
    if (below?.kind !== 'view')
      return { kind: 'view', collation: view.collation, on: { database, collection: on }, stages };
    if (depth >= limits.viewDepth) {
      throw new MongoError(
        'ViewDepthLimitExceeded',
        `View depth too deep or view cycle detected; maximum depth is ${limits.viewDepth}`,
      );
    }
    stages = [...below.pipeline, ...stages];
    on = below.viewOn;
  }
}

/** Runs work while the shape of every named collection holds still. The names come in their order, each once. */
export function whileAllShared<T>(
  services: Services,
  operation: Operation,
  names: readonly Namespace[],
  work: () => Promise<T>,
): Promise<T> {
  const [first, ...others] = names;
  if (first === undefined) return work();
  const name = namespace(first.database, first.collection);
  return Promise.resolve(
    whileShared(services, operation, name, () => whileAllShared(services, operation, others, work)),
  );
}
