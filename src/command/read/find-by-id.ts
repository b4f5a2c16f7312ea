/**
 * The shortest way of the most frequent query: `find` by one `_id` without anything that would change the answer. It goes
 * from the body's bytes to the stored bytes without a plan, and without waiting where the engine does not wait.
 */
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { ObjectId } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { whileShared } from '../../catalog/access.ts';
import { idIndex } from '../../catalog/collection.ts';
import { fitKey } from '../../catalog/index-table.ts';
import { checkCollectionName, namespace } from '../../catalog/namespace.ts';
import type { Operation } from '../../session/operation.ts';
import type { MaybePromise, StorageTransaction } from '../../storage/engine.ts';
import type { CommandRequest, Reply } from '../command.ts';
import type { Services } from '../services.ts';
import { cursorReply } from './cursor-reply.ts';

/** Fields beside which a query by `_id` stays a query by `_id`. */
const harmless: ReadonlySet<string> = new Set([
  'find',
  'filter',
  'lsid',
  '$db',
  '$clusterTime',
  'txnNumber',
  'autocommit',
  'startTransaction',
  '$readPreference',
  'readConcern',
  'maxTimeMS',
  'comment',
]);

/** The reply, or undefined where the command asks for anything more. */
export function findById(
  services: Services,
  operation: Operation,
  request: CommandRequest,
): MaybePromise<Reply> | undefined {
  const id = idOf(request.body);
  if (id === undefined) return undefined;
  const target = request.body.get('find');
  if (typeof target !== 'string') return undefined;
  const entry = services.catalog.find(undefined, request.database, target);
  if (entry?.kind !== 'collection' || entry.collation !== undefined || idIndex(entry) === undefined) return undefined;
  const name = namespace(request.database, target);
  checkCollectionName(name);
  const key = fitKey(encodeKeyPart(id), services.writing.keyBytes);
  return whileShared(services, operation, name, () =>
    operation.read((transaction): MaybePromise<Reply> => {
      // Looked up again under the lock: the entry above may be gone by now.
      const collection = services.catalog.find(transaction, name.database, name.collection);
      const index = collection?.kind === 'collection' ? idIndex(collection) : undefined;
      if (collection?.kind !== 'collection' || index === undefined) {
        return cursorReply('firstBatch', name.full, 0n, [], operation);
      }
      const found = lookUp(transaction, index.table, collection.recordTable, key);
      const reply = (bytes: Buffer | undefined): MaybePromise<Reply> =>
        cursorReply('firstBatch', name.full, 0n, bytes === undefined ? [] : [BsonDocument.fromBytes(bytes)], operation);
      return found instanceof Promise ? found.then(reply) : reply(found);
    }),
  );
}

function lookUp(
  transaction: StorageTransaction,
  indexTable: number,
  recordTable: number,
  key: string,
): MaybePromise<Buffer | undefined> {
  const recordKey = transaction.get(indexTable, key);
  if (recordKey instanceof Promise) {
    return recordKey.then((found) =>
      found === undefined ? undefined : transaction.get(recordTable, found.toString('latin1')),
    );
  }
  return recordKey === undefined ? undefined : transaction.get(recordTable, recordKey.toString('latin1'));
}

/** The `_id` that the query pins, where the query pins nothing else. */
function idOf(body: BsonDocument): Value | undefined {
  const filter = body.get('filter');
  if (!(filter instanceof BsonDocument)) return undefined;
  let id: Value | undefined;
  for (const [name, value] of filter.entries()) {
    if (name !== '_id' || id !== undefined) return undefined;
    id = value;
  }
  const isScalar = typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' || id instanceof ObjectId;
  if (!isScalar) return undefined;
  for (const name of body.keys()) if (!harmless.has(name) && !isSingleBatch(body, name)) return undefined;
  return id;
}

/** `limit: 1` with `singleBatch`, as findOne sends it, changes nothing about a query by `_id`. */
function isSingleBatch(body: BsonDocument, name: string): boolean {
  if (name === 'singleBatch') return body.get(name) === true;
  return name === 'limit' && body.get(name) === 1;
}
