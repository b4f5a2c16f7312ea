import type { Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { unorderedIn } from '../operator.ts';
import { setOf } from './set-of.ts';

export const $setIntersection = unorderedIn(({ collation }) => (arrays, scope) => {
  let common: Map<string, Value> | undefined;
  for (const array of arrays) {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) {
      throw new MongoError(
        'Location17047',
        `All operands of $setIntersection must be arrays. One argument is of type: ${typeName(array)}`,
      );
    }
    const set = setOf(array, collation, scope);
    if (common === undefined) common = set;
    else for (const key of common.keys()) if (!set.has(key)) common.delete(key);
  }
  return common === undefined ? [] : [...common.values()];
});
