import type { BsonDocument } from '../../bson/value.ts';
import type { Operation } from '../../session/operation.ts';
import type { Reply } from '../command.ts';

/** The reply of everything that answers with a cursor; id 0 says that nothing follows. */
export function cursorReply(
  batchName: 'firstBatch' | 'nextBatch',
  namespace: string,
  id: bigint,
  documents: readonly BsonDocument[],
  operation: Operation,
  postBatchResumeToken?: BsonDocument,
): Reply {
  const { atClusterTime } = operation;
  return {
    cursor: {
      [batchName]: documents,
      ...(postBatchResumeToken === undefined ? {} : { postBatchResumeToken }),
      ...(atClusterTime === undefined ? {} : { atClusterTime }),
      id,
      ns: namespace,
    },
  };
}
