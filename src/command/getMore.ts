import { any, integral, long, object, optional, required, string } from '../bson/structure.ts';
import { namespace } from '../catalog/namespace.ts';
import type { Cursor } from '../cursor/cursor.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { snapshotRead } from './policy.ts';
import { cursorReply } from './read/cursor-reply.ts';
import type { Services } from './services.ts';

const parse = commandArguments('getMore', {
  getMore: required(long),
  collection: required(string),
  batchSize: optional(integral),
  maxTimeMS: optional(any),
  term: optional(long),
  lastKnownCommittedOpTime: optional(object),
});

/** getMore: the next batch of an open cursor (manual, "getMore"). */
export const getMore: Command = {
  ...snapshotRead,
  name: 'getMore',
  help: 'next batch of an open cursor',
  allowsAfterClusterTime: false,
  privilege: 'own',
  async run(operation, request, services) {
    const { getMore: id, collection, batchSize, maxTimeMS } = parse(request.body);
    if (batchSize !== undefined && batchSize < 0) {
      throw new MongoError('BadValue', `BSON field 'batchSize' value must be >= 0, actual value '${batchSize}'`);
    }
    if (collection === '') throw new MongoError('InvalidNamespace', 'Collection names cannot be empty');
    const name = namespace(request.database, collection).full;
    const cursor = services.cursors.pin(id, name, operation);
    if (!isStillAllowed(services, operation, cursor)) {
      services.cursors.unpin(cursor, 'more');
      throw new MongoError('Unauthorized', `not authorized for getMore with cursor id ${id}`);
    }
    if (maxTimeMS !== undefined && cursor.tailable !== 'awaitData') {
      services.cursors.unpin(cursor, 'more');
      throw new MongoError('BadValue', 'cannot set maxTimeMS on getMore command for a non-awaitData cursor');
    }
    try {
      services.sessions.parts.failPoints.beforeGetMore();
      const { atClusterTime } = cursor.owner;
      if (atClusterTime !== undefined) operation.resumeSnapshot(atClusterTime);
      // On a cursor that awaits data it is how long the find itself might take, and each getMore how long it waits.
      const isLimited = cursor.tailable !== 'awaitData' && Number.isFinite(cursor.timeLeftMs);
      if (isLimited) {
        operation.limitTime(cursor.timeLeftMs);
        operation.checkInterrupt();
      }
      const batch = await cursor.stream.next(
        operation,
        batchSize === undefined || batchSize === 0 ? Number.POSITIVE_INFINITY : batchSize,
      );
      if (isLimited) cursor.timeLeftMs = operation.timeLeftMs;
      cursor.documentsReturned += batch.documents.length;
      services.cursors.unpin(cursor, batch.isLast ? 'done' : 'more');
      const { documents, isLast, postBatchResumeToken } = batch;
      return cursorReply('nextBatch', name, isLast ? 0n : id, documents, operation, postBatchResumeToken);
    } catch (thrown) {
      services.cursors.unpin(cursor, isMongoError(thrown, 'MaxTimeMSExpired') ? 'more' : 'done');
      throw cursor.stream.tellFailure === undefined ? thrown : cursor.stream.tellFailure(thrown);
    }
  },
};

/** Rights can have been taken away since the cursor was opened. */
function isStillAllowed({ authority }: Services, { client }: Operation, { owner }: Cursor): boolean {
  return (
    !authority.isEnforced || owner.rights.every((right) => authority.isAuthorized(client, right.action, right.resource))
  );
}
