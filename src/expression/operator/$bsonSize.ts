import { BsonDocument } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { encodeDocument } from '../../bson/write.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { unary } from '../operator.ts';

export const $bsonSize = unary((value) => {
  if (isNullish(value)) return null;
  if (value instanceof BsonDocument) return encodeDocument(value).length;
  throw new MongoError('Location31393', `$bsonSize requires a document input, found: ${typeName(value)}`);
});
