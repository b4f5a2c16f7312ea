/** Events that are larger than a document may be, in parts (manual, "$changeStreamSplitLargeEvent"). */
import { document } from '../../bson/literal.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { decodeToken, encodeToken } from '../../change/resume-token.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { limits } from '../../limits.ts';

/** Bytes of a part beside the fields that it carries: its token and which part it is. */
const envelopeBytes = 1024;

/**
 * The event itself where it is small enough, else its top-level fields spread over as few parts as they fit, each with
 * `splitEvent` and a token of its own. @throws MongoError BSONObjectTooLarge for a field that fits no part.
 */
export function splitEvent(
  event: BsonDocument,
  id: BsonDocument,
  partBytes: number = limits.documentSizeBytes,
): BsonDocument[] {
  if (encodeDocument(event).length <= partBytes) return [event];
  const parts: [string, Value][][] = [];
  let current: [string, Value][] = [];
  let currentBytes = envelopeBytes;
  for (const { field, sizeBytes } of fieldsBySize(event)) {
    if (sizeBytes + envelopeBytes > partBytes) throw tooLarge(field[0], sizeBytes);
    if (currentBytes + sizeBytes > partBytes) {
      parts.push(current);
      current = [];
      currentBytes = envelopeBytes;
    }
    current.push(field);
    currentBytes += sizeBytes;
  }
  parts.push(current);
  const token = decodeToken(String(id.get('_data')));
  return parts.map((fields, at) =>
    BsonDocument.fromFields(
      new Map<string, Value>([
        ['_id', encodeToken({ ...token, fragment: at })],
        ['splitEvent', document({ fragment: at + 1, of: parts.length })],
        ...fields,
      ]),
    ),
  );
}

function fieldsBySize(event: BsonDocument): { readonly field: [string, Value]; readonly sizeBytes: number }[] {
  return [...event.entries()]
    .filter(([name]) => name !== '_id')
    .map((field) => ({ field, sizeBytes: encodeDocument(BsonDocument.fromFields(new Map([field]))).length }))
    .sort((left, right) => left.sizeBytes - right.sizeBytes);
}

function tooLarge(name: string, sizeBytes: number): MongoError {
  return new MongoError(
    'BSONObjectTooLarge',
    `The field '${name}' of a change event has ${sizeBytes} bytes, more than fit a part of it`,
  );
}
