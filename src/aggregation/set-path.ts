/**
 * Documents with one field changed. One that is held as bytes stays bytes: what lies before and behind the field is
 * copied unread.
 */
import { encodeName, findField, skipValue } from '../bson/read.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { BsonWriter } from '../bson/write.ts';

const scratch = new BsonWriter(4096);

/** The document with this value under a name: in the field's place, or behind the others; undefined takes it away. */
export function setField(document: BsonDocument, name: string, value: Value | undefined): BsonDocument {
  const bytes = document.encoded;
  if (bytes === undefined) {
    const fields = document.toFields();
    if (value === undefined) fields.delete(name);
    else fields.set(name, value);
    return BsonDocument.fromFields(fields);
  }
  const encoded = encodeName(name);
  const element = findField(bytes, 0, encoded);
  if (element < 0 && value === undefined) return document;
  const from = element < 0 ? bytes.length - 1 : element;
  const to = element < 0 ? from : skipValue(bytes, bytes[element] as number, element + encoded.length + 2);
  scratch.reset();
  if (value !== undefined) scratch.element(name, value);
  const made = Buffer.allocUnsafe(bytes.length - (to - from) + scratch.length);
  bytes.copy(made, 0, 0, from);
  made.set(scratch.view(), from);
  bytes.copy(made, from + scratch.length, to);
  made.writeInt32LE(made.length, 0);
  scratch.reset();
  return BsonDocument.fromBytes(made);
}

/**
 * The document with this value at a path of names; undefined takes the field away. Documents on the way are made where
 * there are none, in place of whatever stands there; an array on the way counts as something else than a document.
 */
export function setPath(
  document: BsonDocument,
  names: readonly string[],
  value: Value | undefined,
  from = 0,
): BsonDocument {
  const name = names[from] as string;
  if (from === names.length - 1) return setField(document, name, value);
  const inner = document.get(name);
  const isDocument = inner instanceof BsonDocument;
  if (value === undefined && !isDocument) return document;
  return setField(document, name, setPath(isDocument ? inner : BsonDocument.empty, names, value, from + 1));
}
