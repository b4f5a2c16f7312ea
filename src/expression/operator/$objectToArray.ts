import { document } from '../../bson/literal.ts';
import { BsonDocument } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { unary } from '../operator.ts';

export const $objectToArray = unary((value) => {
  if (isNullish(value)) return null;
  if (value instanceof BsonDocument) return [...value.entries()].map(([k, v]) => document({ k, v }));
  throw new MongoError('Location40390', `$objectToArray requires a document input, found: ${typeName(value)}`);
});
