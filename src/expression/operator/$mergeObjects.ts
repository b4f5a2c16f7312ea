import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { variadic } from '../operator.ts';
import { inputsOf } from './accumulated.ts';

export const $mergeObjects = variadic((values) => {
  const fields = new Map<string, Value>();
  for (const value of inputsOf(values)) {
    if (isNullish(value)) continue;
    if (!(value instanceof BsonDocument)) {
      throw new MongoError(
        'Location40400',
        `$mergeObjects requires object inputs, but input is of type ${typeName(value)}`,
      );
    }
    for (const [name, field] of value.entries()) fields.set(name, field);
  }
  return BsonDocument.fromFields(fields);
});
