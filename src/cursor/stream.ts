import type { BsonDocument } from '../bson/value.ts';
import { limits } from '../limits.ts';
import type { Operation } from '../session/operation.ts';
import type { MaybePromise } from '../storage/engine.ts';

/** Documents of one reply, and whether the stream ended with them. */
export interface Batch {
  readonly documents: readonly BsonDocument[];
  readonly isLast: boolean;
  /** Of a change stream: where to go on behind this batch. */
  readonly postBatchResumeToken?: BsonDocument;
}

/** Results that are made as they are asked for. Positioned: each call goes on where the last one ended. */
export interface ResultStream {
  /** At most `count` documents and about `limits.batchSizeBytes` bytes. Runs inside an operation of its own each time. */
  next(operation: Operation, count: number): MaybePromise<Batch>;
  /** A failure of a getMore as its client is to see it. Absent: as it is. */
  tellFailure?(thrown: unknown): unknown;
  /** Lets go of what the stream holds. Called once. */
  close(): void;
}

/** Collects documents up to a count and a number of bytes, the way a reply wants them. */
export class BatchBuilder {
  readonly documents: BsonDocument[] = [];
  readonly #count: number;
  #sizeBytes = 0;

  constructor(count: number) {
    this.#count = count;
  }

  get isFull(): boolean {
    return this.documents.length >= this.#count;
  }

  /** Whether a document of this size still belongs in the batch; the first one always does. */
  hasRoomFor(sizeBytes: number): boolean {
    if (this.documents.length === 0) return this.#count > 0;
    return !this.isFull && this.#sizeBytes + sizeBytes <= limits.batchSizeBytes;
  }

  add(document: BsonDocument, sizeBytes: number): void {
    this.documents.push(document);
    this.#sizeBytes += sizeBytes;
  }
}
