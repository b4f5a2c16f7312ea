/**
 * OP_MSG, today's request and answer (specification "OP_MSG"; manual, "MongoDB Wire Protocol"):
 *
 *   | header | flags uint32 | section … | checksum uint32, if its flag is set |
 *   section kind 0   | 0x00 | document |                                          the command; exactly one
 *   section kind 1   | 0x01 | size int32 | identifier, 0x00 | document … |        documents of one array argument
 *
 * Two kinds of refusal: what cannot be read on is a ProtocolError (or IllegalOpMsgFlag) and ends the connection; sections
 * that make no sense together, and invalid BSON in them, are errors that the client is told of.
 */
import { readKnownText } from '../bson/name-cache.ts';
import { readInt32 } from '../bson/read.ts';
import { validateDocument } from '../bson/validate.ts';
import { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { CompressorId } from './compressor.ts';
import { crc32c } from './crc32c.ts';
import { headerBytes, requestIdOf } from './header.ts';
import type { DocumentSequence, WireRequest } from './request.ts';

export const flagsAt = headerBytes;
const sectionsAt = flagsAt + 4;
const checksumBytes = 4;

export const Flag = {
  checksumPresent: 1 << 0,
  moreToCome: 1 << 1,
  exhaustAllowed: 1 << 16,
} as const;

/** Of these bits a reader must know every one; the others it may ignore. */
const requiredFlags = 0xffff;
const knownFlags = Flag.checksumPresent | Flag.moreToCome | Flag.exhaustAllowed;

const noSequences: readonly DocumentSequence[] = [];

/** Reads a whole OP_MSG frame. Throws as told above; the documents are views of the frame. */
export function decodeMessage(frame: Buffer, compressor: CompressorId | undefined): WireRequest {
  const flags = readFlags(frame);
  const hasChecksum = (flags & Flag.checksumPresent) !== 0;
  const end = hasChecksum ? endBeforeChecksum(frame) : frame.length;
  let body: BsonDocument | undefined;
  let sequences: DocumentSequence[] | undefined;
  for (let at = sectionsAt; at < end; ) {
    const kind = frame[at] as number;
    const start = at + 1;
    if (kind === 0) {
      if (body !== undefined) throw new MongoError('Location40430', 'Multiple body sections in message');
      at = validateDocument(frame, start, end);
      body = BsonDocument.fromBytes(frame.subarray(start, at));
    } else if (kind === 1) {
      at = sequenceEnd(frame, start, end);
      const sequence = decodeSequence(frame, start, at, sequences ?? noSequences);
      if (sequences === undefined) sequences = [sequence];
      else sequences.push(sequence);
    } else {
      throw new MongoError('Location40432', `Unknown section kind ${kind}`);
    }
  }
  if (body === undefined) throw new MongoError('Location40587', 'OP_MSG messages must have a body');
  if (sequences !== undefined) refuseDoubledFields(body, sequences);
  return {
    requestId: requestIdOf(frame),
    form: 'message',
    body,
    database: undefined,
    sequences: sequences ?? noSequences,
    moreToCome: (flags & Flag.moreToCome) !== 0,
    exhaustAllowed: (flags & Flag.exhaustAllowed) !== 0,
    hasChecksum,
    compressor,
  };
}

function readFlags(frame: Buffer): number {
  if (frame.length < sectionsAt) throw new MongoError('ProtocolError', 'OP_MSG ends before its flags');
  const flags = readInt32(frame, flagsAt);
  const unknown = flags & requiredFlags & ~knownFlags;
  if (unknown === 0) return flags;
  throw new MongoError('IllegalOpMsgFlag', `OP_MSG has unknown required flags 0x${unknown.toString(16)}`);
}

function endBeforeChecksum(frame: Buffer): number {
  const end = frame.length - checksumBytes;
  if (end < sectionsAt) throw new MongoError('ProtocolError', 'OP_MSG ends before its checksum');
  if (frame.readUInt32LE(end) !== crc32c(frame, 0, end)) {
    throw new MongoError('ProtocolError', 'OP_MSG checksum does not match its contents');
  }
  return end;
}

function sequenceEnd(frame: Buffer, start: number, end: number): number {
  if (end - start < 5) throw new MongoError('ProtocolError', 'OP_MSG ends within a document sequence');
  const size = readInt32(frame, start);
  if (size >= 5 && size <= end - start) return start + size;
  throw new MongoError('ProtocolError', `document sequence size ${size} does not fit its OP_MSG`);
}

function decodeSequence(
  frame: Buffer,
  start: number,
  end: number,
  others: readonly DocumentSequence[],
): DocumentSequence {
  const nul = frame.indexOf(0, start + 4);
  if (nul < 0 || nul >= end) throw new MongoError('ProtocolError', 'document sequence identifier does not end');
  const identifier = readKnownText(frame, start + 4, nul);
  if (others.some((other) => other.identifier === identifier)) {
    throw new MongoError('Location40431', `Duplicate document sequence: ${identifier}`);
  }
  const first = nul + 1;
  if (first === end) return { identifier, documents: [] };
  let at = validateDocument(frame, first, end);
  const documents = [BsonDocument.fromBytes(frame.subarray(first, at))];
  while (at < end) {
    const behind = validateDocument(frame, at, end);
    documents.push(BsonDocument.fromBytes(frame.subarray(at, behind)));
    at = behind;
  }
  return { identifier, documents };
}

function refuseDoubledFields(body: BsonDocument, sequences: readonly DocumentSequence[]): void {
  for (const { identifier } of sequences) {
    if (!body.has(identifier)) continue;
    throw new MongoError('Location40433', `Duplicate field between body and document sequence ${identifier}`);
  }
}
