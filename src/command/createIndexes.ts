import { any, arrayOf, bool, object, optional, required } from '../bson/structure.ts';
import { BsonDocument } from '../bson/value.ts';
import { findCollection, whileExclusive, whileShared } from '../catalog/access.ts';
import { type Collection, ownIndexes } from '../catalog/collection.ts';
import { createCollection } from '../catalog/define.ts';
import { buildIndexes } from '../catalog/index-build.ts';
import { missingIndexes } from '../catalog/index-conflict.ts';
import { checkClustered, placeIndex } from '../catalog/index-placement.ts';
import { parseIndexSpecification } from '../catalog/index-specification.ts';
import { checkCreatable, type Namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { commandArguments } from './arguments.ts';
import type { Command, Reply } from './command.ts';
import { definition } from './policy.ts';
import type { Services } from './services.ts';
import { targetNamespace } from './target.ts';
import { checkTransactionLevel } from './write/transaction-level.ts';

const parse = commandArguments('createIndexes', {
  createIndexes: required(any),
  indexes: required(arrayOf(object)),
  ignoreUnknownIndexOptions: optional(bool),
  commitQuorum: optional(any),
  returnOnStart: optional(bool),
  maxTimeMS: optional(any),
  rawData: optional(any),
});

/** createIndexes: builds indexes of a collection, making it where it is missing (manual, "createIndexes"). */
export const createIndexes: Command = {
  ...definition,
  name: 'createIndexes',
  transaction: 'allowed',
  help: 'build indexes',
  privilege: { action: 'createIndex', resource: 'collection' },
  async run(operation, request, services): Promise<Reply> {
    checkTransactionLevel(operation);
    const name = targetNamespace(request);
    const parsed = parse(request.body);
    if (parsed.indexes.length === 0) throw new MongoError('BadValue', 'Must specify at least one index to create');
    checkCreatable(name);
    const specifications = parsed.indexes.map((given) =>
      parseIndexSpecification(given, parsed.ignoreUnknownIndexOptions ?? false),
    );
    // What a transaction may index nobody else can see.
    const whileHeld = operation.mode === 'transaction' ? whileShared<Reply> : whileExclusive<Reply>;
    return whileHeld(services, operation, name, () =>
      operation.write((transaction) => {
        const existing = findCollection(services.catalog, transaction, name);
        for (const given of parsed.indexes) checkClustered(given, existing);
        return create(services, operation, transaction, name, existing, specifications);
      }),
    );
  },
};

async function create(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  name: Namespace,
  existing: Collection | undefined,
  specifications: readonly BsonDocument[],
): Promise<Reply> {
  const { catalog, randomness } = services;
  const collection: Collection =
    existing ??
    (await createCollection(catalog, randomness, operation, transaction, { name, options: BsonDocument.empty }));
  const numIndexesBefore = ownIndexes(collection).length;
  const missing = missingIndexes(
    collection,
    specifications.map((specification) => placeIndex(specification, collection)),
  );
  if (missing.length > 0) {
    if (operation.mode === 'transaction') await refuseInTransaction(services, transaction, collection);
    await buildIndexes(catalog, operation, transaction, collection, missing);
  }
  return {
    numIndexesBefore,
    numIndexesAfter: numIndexesBefore + missing.length,
    createdCollectionAutomatically: existing === undefined,
    note: missing.length === 0 ? 'all indexes already exist' : undefined,
    commitQuorum: missing.length === 0 || operation.mode === 'transaction' ? undefined : 'votingMembers',
  };
}

/**
 * 263: a transaction may build indexes only of collections that it made itself, and before anything is in them (manual,
 * "Create Collections and Indexes in a Transaction").
 */
async function refuseInTransaction(
  { catalog }: Services,
  transaction: StorageTransaction,
  collection: Collection,
): Promise<void> {
  const { database, collection: name, full } = collection.namespace;
  const committed = catalog.find(undefined, database, name);
  const isOwn = committed?.kind !== 'collection' || committed.recordTable !== collection.recordTable;
  if (isOwn && (await transaction.scan(collection.recordTable, {}, { limit: 1 })).keys.length === 0) return;
  throw new MongoError(
    'OperationNotSupportedInTransaction',
    `Cannot create new indexes on ${isOwn ? 'non-empty' : 'existing'} collection ${full} in a multi-document transaction.`,
  );
}
