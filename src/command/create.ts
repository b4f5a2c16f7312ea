import { parseViewPipeline } from '../aggregation/pipeline.ts';
import { any, optional } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { whileShared } from '../catalog/access.ts';
import { collectionFields, collectionOptions } from '../catalog/collection-options.ts';
import { createCollection, hasSameOptions, namespaceExists } from '../catalog/define.ts';
import { checkCollectionName, type Namespace, namespace } from '../catalog/namespace.ts';
import { initialIndexes } from '../catalog/record.ts';
import { findBucketsOwner } from '../catalog/timeseries.ts';
import { createView, viewRecordsOf } from '../catalog/view-definition.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseCollation } from '../query/collation.ts';
import type { Operation } from '../session/operation.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { definition } from './policy.ts';
import { mayCreate } from './privilege/definition.ts';
import { aggregationOptions } from './read/aggregation-options.ts';
import type { Services } from './services.ts';
import { targetNamespace } from './target.ts';
import { checkTransactionLevel } from './write/transaction-level.ts';

const parse = commandArguments('create', { create: optional(any), ...collectionFields });

type Wanted = ReturnType<typeof collectionOptions>;

/** create: a collection or a view (manual, "create"). */
export const create: Command = {
  ...definition,
  name: 'create',
  transaction: 'allowed',
  help: 'create a collection or a view',
  privilege: mayCreate,
  async run(operation, request, services) {
    const name = targetNamespace(request);
    const wanted = collectionOptions(parse(request.body), name, operation.startMs);
    const target = wanted.isView ? name : checkBuckets(services, name, wanted.options);
    if (target === undefined) return {};
    checkTransactionLevel(operation);
    if (operation.mode === 'transaction') refuseInTransaction(wanted);
    if (wanted.options.has('changeStreamPreAndPostImages')) await services.changes.start();
    const views = viewRecordsOf(name.database);
    if (wanted.isView) checkViewPipeline(services, operation, name, wanted.options);
    const make = () => operation.write((transaction) => createNow(services, operation, transaction, target, wanted));
    if (wanted.isView) await whileShared(services, operation, views, make);
    else if (operation.mode === 'transaction') await whileShared(services, operation, name, make);
    else await make();
    return {};
  },
};

/** What a transaction cannot make. */
function refuseInTransaction({ isView, options }: Wanted): void {
  if (!isView && !options.has('timeseries')) return;
  throw new MongoError(
    'OperationNotSupportedInTransaction',
    `Cannot create a ${isView ? 'view' : 'time-series collection'} in a multi-document transaction.`,
  );
}

/**
 * The collection to make: for the buckets of a time-series collection that collection itself, undefined where it is there.
 * Throws IllegalOperation for buckets of nothing.
 */
function checkBuckets(services: Services, name: Namespace, options: BsonDocument): Namespace | undefined {
  const owner = findBucketsOwner(name);
  if (owner === undefined) return name;
  const existing = services.catalog.find(undefined, owner.database, owner.collection);
  if (existing?.kind === 'collection' && existing.isTimeseries) return undefined;
  if (options.has('timeseries')) return owner;
  throw new MongoError(
    'IllegalOperation',
    `Cannot create a collection whose name begins with 'system.buckets.' without the time-series option: ${name.full}`,
  );
}

/** Reads the pipeline of a view for what is wrong with it. */
export function checkViewPipeline(
  services: Services,
  operation: Operation,
  view: Namespace,
  options: BsonDocument,
): void {
  const viewOn = options.get('viewOn');
  const pipeline = options.get('pipeline');
  const collation = options.get('collation');
  if (typeof viewOn !== 'string' || !Array.isArray(pipeline)) return;
  checkCollectionName(namespace(view.database, viewOn));
  if (viewOn.startsWith('$')) throw new MongoError('InvalidNamespace', `Invalid namespace specified '${viewOn}'`);
  const [first] = pipeline as readonly Value[];
  if (first instanceof BsonDocument && first.firstKey() === '$documents') {
    throw new MongoError('InvalidNamespace', "'$documents' can only be run with {aggregate: 1}, not in a view");
  }
  parseViewPipeline(
    pipeline as readonly Value[],
    aggregationOptions(services, operation, {
      collection: viewOn,
      collation: collation instanceof BsonDocument ? parseCollation(collation) : undefined,
      let: undefined,
    }),
  );
}

async function createNow(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  name: Namespace,
  { options, isView, idIndex }: Wanted,
): Promise<void> {
  const existing = services.catalog.find(transaction, name.database, name.collection);
  if (existing !== undefined) {
    if (operation.mode !== 'transaction' && hasSameOptions(existing, options, isView)) return;
    throw namespaceExists(existing);
  }
  if (isView) {
    await createView(services, operation, transaction, name, options);
    return;
  }
  const indexes = initialIndexes(options, idIndex);
  await createCollection(services.catalog, services.randomness, operation, transaction, { name, options, indexes });
}
