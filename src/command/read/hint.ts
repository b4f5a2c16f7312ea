import { printValue } from '../../bson/print.ts';
import type { FieldParser } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';

/** An index's name or key pattern; anything else, null included, is FailedToParse. */
export const hint: FieldParser<Value> = (value) => {
  if (typeof value === 'string' || value instanceof BsonDocument) return value;
  throw new MongoError('FailedToParse', `Hint must be a string or an object, found ${printValue(value)}`);
};
