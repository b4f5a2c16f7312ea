/**
 * OP_QUERY, which drivers still use for the first hello of a connection because they do not know the server yet:
 *
 *   | header | flags int32 | namespace, 0x00 | skip int32 | return int32 | query document | fields document, optional |
 *
 * Only commands come here, as a query of `<database>.$cmd`; a read preference may wrap them in `{$query: …}`.
 */
import { readCString } from '../bson/read.ts';
import { validateDocument } from '../bson/validate.ts';
import { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { CompressorId } from './compressor.ts';
import { headerBytes, requestIdOf } from './header.ts';
import type { WireRequest } from './request.ts';

const namespaceAt = headerBytes + 4;
const commandCollection = '.$cmd';

/**
 * Reads a whole OP_QUERY frame. Throws ProtocolError where it cannot be read, UnsupportedOpQueryCommand where it is not a
 * command, InvalidBSON where its document is none.
 */
export function decodeQuery(frame: Buffer, compressor: CompressorId | undefined): WireRequest {
  const nul = frame.indexOf(0, namespaceAt);
  if (nul < 0 || nul + 9 > frame.length) throw new MongoError('ProtocolError', 'OP_QUERY ends before its query');
  const namespace = readCString(frame, namespaceAt).text;
  if (!namespace.endsWith(commandCollection)) {
    throw new MongoError('UnsupportedOpQueryCommand', 'Unsupported OP_QUERY command: query. Use OP_MSG.');
  }
  const queryAt = nul + 9;
  const behind = validateDocument(frame, queryAt, frame.length);
  return {
    requestId: requestIdOf(frame),
    form: 'query',
    body: unwrapped(BsonDocument.fromBytes(frame.subarray(queryAt, behind))),
    database: namespace.slice(0, -commandCollection.length),
    sequences: [],
    moreToCome: false,
    exhaustAllowed: false,
    hasChecksum: false,
    compressor,
  };
}

function unwrapped(query: BsonDocument): BsonDocument {
  const first = query.firstKey();
  if (first !== '$query' && first !== 'query') return query;
  const inner = query.get(first);
  return inner instanceof BsonDocument ? inner : query;
}
