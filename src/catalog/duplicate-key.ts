import { isNaNNumber, toDouble } from '../bson/number.ts';
import { printValue } from '../bson/print.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Collection, Index } from './collection.ts';

/** 11000 as MongoDB words it, with keyPattern and keyValue for the reply. */
export function duplicateKey(collection: Collection, index: Index, values: readonly (Value | undefined)[]): MongoError {
  const { keyPattern, name } = index.descriptor;
  if (index === collection.naturalIndex) refuseUnprintable(values[0]);
  const fields = [...keyPattern.keys()];
  const keyValue = new Map<string, Value>(fields.map((field, at) => [field, values[at] ?? null]));
  const printed = fields.map((field, at) => `${field}: ${printValue(values[at] ?? null)}`).join(', ');
  return new MongoError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${collection.namespace.full} index: ${name} dup key: { ${printed} }`,
    { reply: { keyPattern, keyValue: BsonDocument.fromFields(keyValue) } },
  );
}

/**
 * MongoDB makes the place of a document in a clustered collection of its `_id`, and reads it back from there for the
 * message of a duplicate. NaN and the infinities do not come back, which is an error of its own.
 */
function refuseUnprintable(id: Value | undefined): void {
  if (!isNumeric(id)) return;
  if (isNaNNumber(id)) throw new MongoError('Location50819', 'An _id of NaN is taken in this clustered collection');
  if (Number.isFinite(toDouble(id)) || /^-?\d/.test(String(id))) return;
  throw new MongoError('Location50826', 'An infinite _id is taken in this clustered collection');
}
