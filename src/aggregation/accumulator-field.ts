import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Accumulator, AccumulatorContext } from './accumulator.ts';
import { findAccumulator } from './accumulator-table.ts';

/** Reads `field: {$accumulator: argument}`; throws what MongoDB throws for it. */
export function parseAccumulatorField(field: string, value: Value, context: AccumulatorContext): Accumulator {
  if (!(value instanceof BsonDocument)) {
    throw new MongoError('Location40234', `The field '${field}' must be an accumulator object`);
  }
  if (field.includes('.')) {
    throw new MongoError('Location40235', `The field name '${field}' cannot contain '.'`);
  }
  if (field.startsWith('$')) {
    throw new MongoError('Location40236', `The field name '${field}' cannot be an operator name`);
  }
  const name = value.firstKey();
  if (name === undefined || value.size() !== 1) {
    throw new MongoError('Location40238', `The field '${field}' must specify one accumulator`);
  }
  const definition = findAccumulator(name);
  if (definition === undefined) throw new MongoError('Location15952', `unknown group operator '${name}'`);
  return definition.parse(value.get(name) as Value, context, name);
}
