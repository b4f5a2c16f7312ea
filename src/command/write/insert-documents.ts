import type { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { findCollection, whileShared } from '../../catalog/access.ts';
import type { Collection } from '../../catalog/collection.ts';
import { documentToInsert, insertRecord } from '../../catalog/document-write.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { checkMeasurement } from '../../catalog/timeseries.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { chain, eachInTurn } from '../../session/maybe-promise.ts';
import type { ExecutedStatement, Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import { fillEmptyTimestamps, hasEmptyTimestamps } from '../../update/empty-timestamp.ts';
import type { Services } from '../services.ts';
import { ensureCollection, isKnownCollection } from './ensure-collection.ts';
import { isFailed, runStatements, type StatementResult } from './ordered-statements.ts';
import { validateDocument } from './validate-document.ts';

export interface InsertOptions {
  readonly isOrdered: boolean;
  readonly bypassValidation: boolean;
  readonly keepsEmptyTimestamps: boolean;
  /** Position of the first document in the command's batch. */
  readonly firstIndex: number;
}

const inserted: ExecutedStatement = { kind: 'insert' };

/** Documents of one insert that share a storage transaction. */
const groupDocuments = 1000;

/** Inserts documents, creating the collection where it is missing. One result per document that was reached. */
export function insertDocuments(
  services: Services,
  operation: Operation,
  name: Namespace,
  documents: readonly BsonDocument[],
  options: InsertOptions,
): MaybePromise<StatementResult<ExecutedStatement>[]> {
  const ensured = isKnownCollection(services, name) ? undefined : ensureCollection(services, operation, name);
  return chain(ensured, () =>
    whileShared(services, operation, name, () => insertGroups(services, operation, name, documents, options)),
  );
}

const record = (result: StatementResult<ExecutedStatement>) => ('done' in result ? result.done : undefined);
const replay = (executed: ExecutedStatement) => ({ done: executed });

function insertGroups(
  services: Services,
  operation: Operation,
  name: Namespace,
  documents: readonly BsonDocument[],
  options: InsertOptions,
): MaybePromise<StatementResult<ExecutedStatement>[]> {
  const results: StatementResult<ExecutedStatement>[] = [];
  const run = (transaction: StorageTransaction, indexes: readonly number[]) => {
    const collection = requireCollection(services, transaction, name);
    return runStatements(indexes, options.isOrdered, (index) => {
      const given = documents[index - options.firstIndex] as BsonDocument;
      const document = options.keepsEmptyTimestamps ? given : withTimestamps(services, given);
      return chain(insertOne(services, operation, transaction, collection, document, options), () => inserted);
    });
  };
  const ran = eachInTurn(Math.ceil(documents.length / groupDocuments), (group) => {
    const at = group * groupDocuments;
    const count = Math.min(groupDocuments, documents.length - at);
    const done = operation.runStatements({ firstIndex: options.firstIndex + at, count, run, record, replay });
    return chain(done, (reached) => {
      results.push(...reached);
      if (reached.length < count || (options.isOrdered && reached.some(isFailed))) return false;
      operation.checkInterrupt();
      return true;
    });
  });
  return chain(ran, () => results);
}

function requireCollection(services: Services, transaction: StorageTransaction, name: Namespace): Collection {
  const collection = findCollection(services.catalog, transaction, name);
  if (collection !== undefined) return collection;
  throw new MongoError('WriteConflict', `Collection ${name.full} was dropped while documents were inserted into it`);
}

/** 263: a capped collection's order is that of its inserts, which a transaction could not keep (reference 7.3). */
export function refuseCappedInTransaction(operation: Operation, collection: Collection): void {
  if (collection.capped === undefined || operation.mode !== 'transaction') return;
  throw new MongoError(
    'OperationNotSupportedInTransaction',
    `Collection '${collection.namespace.full}' is a capped collection. Writes in transactions are not allowed on capped collections.`,
  );
}

/** The document to insert, its empty timestamps filled with the time of now. */
export function withTimestamps(services: Services, document: BsonDocument): BsonDocument {
  return hasEmptyTimestamps(encodeDocument(document)) ? fillEmptyTimestamps(document, services.time.now()) : document;
}

/** One document into a collection that is there. */
export function insertOne(
  services: Services,
  operation: Operation,
  transaction: StorageTransaction,
  collection: Collection,
  document: BsonDocument,
  options: { readonly bypassValidation: boolean },
): MaybePromise<BsonDocument> {
  refuseCappedInTransaction(operation, collection);
  const stored = documentToInsert(document, services.newObjectId);
  checkMeasurement(collection, stored);
  const bytes = encodeDocument(stored);
  if (!options.bypassValidation) validateDocument(services, operation, collection, bytes, undefined);
  return chain(insertRecord(services.writing, transaction, collection, bytes), () => {
    const { insertListeners } = collection.state;
    if (insertListeners.size > 0) {
      operation.afterCommit(() => {
        for (const listener of [...insertListeners]) listener();
      });
    }
    return stored;
  });
}
