import type { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { type Batch, BatchBuilder, type ResultStream } from '../../cursor/stream.ts';
import { limits } from '../../limits.ts';
import type { Operation } from '../../session/operation.ts';
import type { Reply } from '../command.ts';
import type { Services } from '../services.ts';
import { ownerOf } from './cursor-owner.ts';
import { cursorReply } from './cursor-reply.ts';

/** Documents that are there already, given out in batches. */
class InlineStream implements ResultStream {
  #documents: readonly BsonDocument[];

  constructor(documents: readonly BsonDocument[]) {
    this.#documents = documents;
  }

  next(_operation: Operation, count: number): Batch {
    const batch = new BatchBuilder(count);
    for (const document of this.#documents) {
      const sizeBytes = encodeDocument(document).length;
      if (!batch.hasRoomFor(sizeBytes)) break;
      batch.add(document, sizeBytes);
    }
    this.#documents = this.#documents.slice(batch.documents.length);
    return { documents: batch.documents, isLast: this.#documents.length === 0 };
  }

  close(): void {
    this.#documents = [];
  }
}

/** The reply of a list command: a first batch of these documents, and a cursor for the others. */
export function inlineCursor(
  services: Services,
  operation: Operation,
  command: BsonDocument,
  namespace: string,
  documents: readonly BsonDocument[],
  batchSize: number | undefined,
): Reply {
  const stream = new InlineStream(documents);
  const first = stream.next(operation, batchSize ?? Math.max(documents.length, limits.firstBatchDocuments));
  if (first.isLast) return cursorReply('firstBatch', namespace, 0n, first.documents, operation);
  const cursor = services.cursors.register(stream, { namespace, command, owner: ownerOf(operation) });
  return cursorReply('firstBatch', namespace, cursor.id, first.documents, operation);
}
