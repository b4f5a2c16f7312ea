import { findCollection, whileShared } from '../catalog/access.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import type { Operation } from '../session/operation.ts';
import type { Command, CommandRequest, Reply } from './command.ts';
import { snapshotRead } from './policy.ts';
import { ownerOf } from './read/cursor-owner.ts';
import { cursorReply } from './read/cursor-reply.ts';
import { type FindArguments, parseFind } from './read/find-arguments.ts';
import { answerFindById } from './read/find-by-id.ts';
import { FindStream } from './read/find-stream.ts';
import { openQuery, planOf, prepareQuery } from './read/query.ts';
import { runAggregation } from './read/run-aggregation.ts';
import { shownBy } from './read/shown-document.ts';
import { TailStream } from './read/tail-stream.ts';
import { findAsAggregation } from './read/view.ts';
import type { Services } from './services.ts';
import { targetNamespace } from './target.ts';

/** find: documents of one collection or view (manual, "find"). */
export const find: Command = {
  ...snapshotRead,
  name: 'find',
  help: 'find documents',
  run(operation, request, services) {
    return answerFindById(services, operation, request) ?? runFind(operation, request, services);
  },
};

async function runFind(operation: Operation, request: CommandRequest, services: Services): Promise<Reply> {
  const name = targetNamespace(request);
  const parsed = parseFind(request);
  const entry = services.catalog.find(undefined, name.database, name.collection);
  if (parsed.readOnce === true && operation.mode === 'transaction') {
    throw new MongoError(
      'OperationNotSupportedInTransaction',
      "The 'readOnce' option is not supported within a transaction.",
    );
  }
  if (entry?.kind === 'view') {
    return runAggregation(services, operation, request.body, findAsAggregation(entry, parsed), parsed.batchSize);
  }
  if (parsed.tailable === true) return tail(services, operation, request, name, parsed);
  return whileShared(services, operation, name, () =>
    operation.read(async (transaction) => {
      const collection = findCollection(services.catalog, transaction, name);
      const query = prepareQuery(services, operation, collection?.collation, parsed);
      if (collection === undefined) return cursorReply('firstBatch', name.full, 0n, [], operation);
      const plan = planOf(query, collection);
      const records = openQuery(services, query, collection, plan, { allowsDiskUse: parsed.allowDiskUse ?? true });
      const stream = new FindStream(services, collection, records, shownBy(query, plan, parsed));
      const batch = await stream.fill(operation, transaction, parsed.batchSize ?? limits.firstBatchDocuments);
      if (batch.isLast || parsed.isSingleBatch) {
        stream.close();
        return cursorReply('firstBatch', name.full, 0n, batch.documents, operation);
      }
      const cursor = services.cursors.register(stream, {
        namespace: name.full,
        command: request.body,
        owner: ownerOf(operation),
        isImmortal: parsed.noCursorTimeout ?? false,
        timeLeftMs: operation.timeLeftMs,
      });
      cursor.documentsReturned = batch.documents.length;
      return cursorReply('firstBatch', name.full, cursor.id, batch.documents, operation);
    }),
  );
}

async function tail(
  services: Services,
  operation: Operation,
  request: CommandRequest,
  name: Namespace,
  parsed: FindArguments,
): Promise<Reply> {
  if (operation.mode === 'transaction') {
    throw new MongoError('OperationNotSupportedInTransaction', 'cannot run a tailable cursor in a transaction');
  }
  const collection = services.catalog.find(undefined, name.database, name.collection);
  if (collection?.kind !== 'collection') return cursorReply('firstBatch', name.full, 0n, [], operation);
  if (collection.isTimeseries) {
    throw new MongoError(
      'InvalidPipelineOperator',
      `cannot use a tailable cursor on the time-series collection ${name.full}`,
    );
  }
  if (parsed.sort !== undefined && parsed.sort.get('$natural') !== 1 && !parsed.sort.isEmpty()) {
    throw new MongoError('BadValue', 'cannot use tailable option with a sort other than {$natural: 1}');
  }
  if (collection.capped === undefined) {
    throw new MongoError(
      'BadValue',
      `error processing query: ns=${name.full} :: caused by :: tailable cursor requested on non capped collection`,
    );
  }
  const query = prepareQuery(services, operation, collection.collation, parsed);
  const stream = new TailStream(services, collection, query, parsed);
  const batch = await stream.first(operation, parsed.batchSize ?? limits.firstBatchDocuments);
  // At the end of an empty collection there is no position to go on from.
  if (stream.isDead || batch.isLast) return cursorReply('firstBatch', name.full, 0n, batch.documents, operation);
  const cursor = services.cursors.register(stream, {
    namespace: name.full,
    command: request.body,
    owner: ownerOf(operation),
    isImmortal: parsed.noCursorTimeout ?? false,
    tailable: parsed.awaitData === true ? 'awaitData' : 'tailable',
    timeLeftMs: operation.timeLeftMs,
  });
  return cursorReply('firstBatch', name.full, cursor.id, batch.documents, operation);
}
