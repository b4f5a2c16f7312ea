import { toDouble } from '../../bson/number.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';

/** Whether a key pattern is on `_id` alone, in one of these directions. */
export function isIdKey(key: Value | undefined, directions: readonly number[] = [1]): boolean {
  if (!(key instanceof BsonDocument) || key.size() !== 1) return false;
  const direction = key.get('_id');
  return isNumeric(direction) && directions.includes(toDouble(direction));
}
