import type { ChangeScope } from '../../aggregation/change-scope.ts';
import type { ChangeStreamArgument } from '../../aggregation/change-stream-argument.ts';
import type { Pipeline } from '../../aggregation/stage.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { Namespace } from '../../catalog/namespace.ts';
import { limits } from '../../limits.ts';
import type { Operation } from '../../session/operation.ts';
import type { Reply } from '../command.ts';
import type { Services } from '../services.ts';
import { openChangeStream } from './change-stream.ts';
import { ownerOf } from './cursor-owner.ts';
import { cursorReply } from './cursor-reply.ts';

/** A change stream as an aggregate command asks for it. */
export interface Watching {
  readonly argument: ChangeStreamArgument;
  /** Absent for `aggregate: 1`. */
  readonly name: Namespace | undefined;
  /** What stands behind $changeStream. */
  readonly pipeline: Pipeline;
}

/** Opens a change stream and answers its first batch: what happened since the place where it begins. */
export async function runChangeStream(
  services: Services,
  operation: Operation,
  command: BsonDocument,
  { argument, name, pipeline }: Watching,
  batchSize: number | undefined,
): Promise<Reply> {
  const scope = scopeOf(operation.database, name, argument);
  const stream = await openChangeStream(services, operation, { argument, scope, pipeline });
  const batch = await stream.first(operation, batchSize ?? limits.firstBatchDocuments);
  const full = name?.full ?? `${operation.database}.$cmd.aggregate`;
  const cursor = batch.isLast
    ? undefined
    : services.cursors.register(stream, {
        namespace: full,
        command,
        owner: ownerOf(operation),
        tailable: 'awaitData',
      });
  if (cursor !== undefined) cursor.documentsReturned = batch.documents.length;
  const { documents, postBatchResumeToken } = batch;
  return cursorReply('firstBatch', full, cursor?.id ?? 0n, documents, operation, postBatchResumeToken);
}

function scopeOf(
  database: string,
  name: Namespace | undefined,
  { allChangesForCluster }: ChangeStreamArgument,
): ChangeScope {
  if (allChangesForCluster) return { kind: 'deployment' };
  return name === undefined ? { kind: 'database', database } : { kind: 'collection', ...name };
}
