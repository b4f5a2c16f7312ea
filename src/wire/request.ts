/** A request as the layers above see it, whichever of the protocol's forms it came in. */
import type { BsonDocument } from '../bson/value.ts';
import type { CompressorId } from './compressor.ts';

export interface DocumentSequence {
  readonly identifier: string;
  readonly documents: readonly BsonDocument[];
}

export interface WireRequest {
  readonly requestId: number;
  readonly form: 'message' | 'query';
  /** The command; every document in it has passed `bson/validate.ts`. */
  readonly body: BsonDocument;
  /** The database of an OP_QUERY; an OP_MSG says it in the body. */
  readonly database: string | undefined;
  readonly sequences: readonly DocumentSequence[];
  /** The client reads no answer to this one. */
  readonly moreToCome: boolean;
  /** The client will read answers without asking again. */
  readonly exhaustAllowed: boolean;
  /** The request carried a checksum, so the answer does too. */
  readonly hasChecksum: boolean;
  /** What the request was compressed with; the answer is compressed alike. */
  readonly compressor: CompressorId | undefined;
}

/** What of a request its answer's frame depends on. */
export type Answerable = Pick<WireRequest, 'requestId' | 'form' | 'hasChecksum'>;
