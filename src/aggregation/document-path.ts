import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parsePath } from '../expression/field-path.ts';

/** The names of a path that must name a field; Location40352 for an empty one. */
export function parseFieldPath(path: string): readonly string[] {
  if (path === '') throw new MongoError('Location40352', 'FieldPath cannot be constructed with empty string');
  return parsePath(path);
}

/** The names of a `$path`, without its dollar. */
export function parsePrefixedPath(path: string): readonly string[] {
  if (path.includes('\0'))
    throw new MongoError('Location16419', 'field path must not contain embedded null characters');
  return parseFieldPath(path.slice(1));
}

/** The value at a path that leads through documents alone; undefined where something else is in the way. */
export function valueInDocuments(document: BsonDocument, names: readonly string[]): Value | undefined {
  let value: Value | undefined = document;
  for (const name of names) {
    if (!(value instanceof BsonDocument)) return undefined;
    value = value.get(name);
  }
  return value;
}
