import { BsonType } from '../../bson/type.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { TreeOperator } from '../operator.ts';
import { parseSchema } from '../schema/parse-schema.ts';

/** Documents that a JSON schema describes. */
export const $jsonSchema: TreeOperator = ({ operand }) => {
  if (!(operand instanceof BsonDocument)) throw new MongoError('TypeMismatch', '$jsonSchema must be an object');
  const rule = parseSchema(operand);
  return {
    kind: 'opaque',
    matches: (bytes, document, run) => rule.holds(bytes, BsonType.object, document, run),
    explain: () => BsonDocument.fromFields(new Map([['$jsonSchema', operand]])),
  };
};
