/**
 * The shortest way of the most frequent query: `find` by one `_id` without anything that would change the answer. It goes
 * from the body's bytes to the stored bytes without a plan, and without waiting where the engine does not wait.
 */
import { FieldNames } from '../../bson/field-names.ts';
import { readInt32, skipValue, valueOffset } from '../../bson/read.ts';
import { BsonType } from '../../bson/type.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { whileShared } from '../../catalog/access.ts';
import type { Operation } from '../../session/operation.ts';
import type { MaybePromise } from '../../storage/engine.ts';
import type { CommandRequest, Reply } from '../command.ts';
import type { Services } from '../services.ts';
import { cursorReply } from './cursor-reply.ts';
import { findById, idIn, lookupIndex } from './id-lookup.ts';
import { commandCollection } from './namespace-usage.ts';

/** Fields beside which a query by `_id` stays one; `limit: 1` and `singleBatch: true` are how findOne asks. */
const harmless = new FieldNames([
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
  'limit',
  'singleBatch',
]);
const [filterPlace, limitPlace, singleBatchPlace] = ['filter', 'limit', 'singleBatch'].map((name) =>
  harmless.indexOf(name),
);

/** The reply, or undefined where the command asks for anything more. */
export function answerFindById(
  services: Services,
  operation: Operation,
  request: CommandRequest,
): MaybePromise<Reply> | undefined {
  const target = commandCollection('find', request.body);
  if (target === undefined) return undefined;
  const entry = services.catalog.find(undefined, request.database, target);
  if (entry?.kind !== 'collection' || lookupIndex(entry) === undefined) return undefined;
  const id = queriedId(request.body);
  if (id === undefined) return undefined;
  const name = entry.namespace;
  return whileShared(services, operation, name, () =>
    operation.read((transaction): MaybePromise<Reply> => {
      // Looked up again under the lock: the entry above may be gone by now.
      const collection = services.catalog.find(transaction, name.database, name.collection);
      const index = collection?.kind === 'collection' ? lookupIndex(collection) : undefined;
      if (collection?.kind !== 'collection' || index === undefined) {
        return cursorReply('firstBatch', name.full, 0n, [], operation);
      }
      const found = findById(transaction, collection, index, id, services.writing.keyBytes);
      if (found instanceof Promise) return found.then((record) => replyWith(record?.bytes, name.full, operation));
      return replyWith(found?.bytes, name.full, operation);
    }),
  );
}

function replyWith(bytes: Buffer | undefined, namespace: string, operation: Operation): Reply {
  return cursorReply(
    'firstBatch',
    namespace,
    0n,
    bytes === undefined ? [] : [BsonDocument.fromBytes(bytes)],
    operation,
  );
}

/** The `_id` that the command asks for, where it asks for nothing else. */
function queriedId(body: BsonDocument): Value | undefined {
  const bytes = encodeDocument(body);
  const end = readInt32(bytes, 0) - 1;
  let filterAt = 0;
  for (let element = 4; element < end; ) {
    const at = valueOffset(bytes, element);
    const type = bytes[element] as number;
    const place = harmless.find(bytes, element + 1, at - 1);
    if (place === filterPlace) {
      // A field sent twice is for the general way to judge.
      if (type !== BsonType.object || filterAt !== 0) return undefined;
      filterAt = at;
    } else if (place === limitPlace) {
      if (type !== BsonType.int || readInt32(bytes, at) !== 1) return undefined;
    } else if (place === singleBatchPlace) {
      if (type !== BsonType.bool || bytes[at] !== 1) return undefined;
    } else if (place < 0) return undefined;
    element = skipValue(bytes, type, at);
  }
  return filterAt === 0 ? undefined : idIn(bytes, filterAt);
}
