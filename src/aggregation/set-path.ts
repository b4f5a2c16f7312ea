import { BsonDocument, type Value } from '../bson/value.ts';

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
  const fields = document.toFields();
  if (from === names.length - 1) {
    if (value === undefined) fields.delete(name);
    else fields.set(name, value);
    return BsonDocument.fromFields(fields);
  }
  const inner = fields.get(name);
  if (value === undefined && !(inner instanceof BsonDocument)) return document;
  fields.set(name, setPath(inner instanceof BsonDocument ? inner : BsonDocument.empty, names, value, from + 1));
  return BsonDocument.fromFields(fields);
}
