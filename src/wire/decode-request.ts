/** A whole frame, not compressed, to the request in it. */
import { readInt32 } from '../bson/read.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { CompressorId } from './compressor.ts';
import { OpCode, opCodeOf, requestIdOf } from './header.ts';
import { decodeMessage, Flag, flagsAt } from './op-msg.ts';
import { decodeQuery } from './op-query.ts';
import type { Answerable, WireRequest } from './request.ts';

/**
 * Reads the request in a frame. What `isFatal` says of an error decides what becomes of it: the connection ends, or the
 * client is told and goes on.
 */
export function decodeRequest(frame: Buffer, compressor: CompressorId | undefined): WireRequest {
  const opCode = opCodeOf(frame);
  if (opCode === OpCode.message) return decodeMessage(frame, compressor);
  if (opCode === OpCode.query) return decodeQuery(frame, compressor);
  throw new MongoError('ProtocolError', `opCode ${opCode} is not supported`);
}

/** Whether an error of `decodeRequest` means that the two sides no longer understand each other. */
export function isFatal(error: MongoError): boolean {
  return error.codeName === 'ProtocolError' || error.codeName === 'IllegalOpMsgFlag';
}

/** Of a frame that was refused, what its error reply needs; undefined where the client would not read one. */
export function answerableOf(frame: Buffer): Answerable | undefined {
  const requestId = requestIdOf(frame);
  if (opCodeOf(frame) === OpCode.query) return { requestId, form: 'query', hasChecksum: false };
  const flags = readInt32(frame, flagsAt);
  if ((flags & Flag.moreToCome) !== 0) return undefined;
  return { requestId, form: 'message', hasChecksum: (flags & Flag.checksumPresent) !== 0 };
}
