import { printValue } from '../bson/print.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Collection, Index } from './collection.ts';

/** 11000 as MongoDB words it, with keyPattern and keyValue for the reply. */
export function duplicateKey(collection: Collection, index: Index, values: readonly (Value | undefined)[]): MongoError {
  const { keyPattern, name } = index.descriptor;
  const fields = [...keyPattern.keys()];
  const keyValue = new Map<string, Value>(fields.map((field, at) => [field, values[at] ?? null]));
  const printed = fields.map((field, at) => `${field}: ${printValue(values[at] ?? null)}`).join(', ');
  return new MongoError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${collection.namespace.full} index: ${name} dup key: { ${printed} }`,
    { reply: { keyPattern, keyValue: BsonDocument.fromFields(keyValue) } },
  );
}
