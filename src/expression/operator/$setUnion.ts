import type { Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { unorderedIn } from '../operator.ts';
import { equalityKey, stepsToKey } from './set-of.ts';

export const $setUnion = unorderedIn(({ collation }) => (arrays, scope) => {
  const union = new Map<string, Value>();
  for (const array of arrays) {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) {
      throw new MongoError(
        'Location17043',
        `All operands of $setUnion must be arrays. One argument is of type: ${typeName(array)}`,
      );
    }
    for (const element of array) {
      scope.step(stepsToKey);
      const key = equalityKey(element, collation);
      if (!union.has(key)) union.set(key, element);
    }
  }
  return [...union.values()];
});
