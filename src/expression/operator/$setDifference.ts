import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { binaryIn } from '../operator.ts';
import { setOf } from './set-of.ts';

export const $setDifference = binaryIn(({ collation }) => (left, right, scope) => {
  if (isNullish(left) || isNullish(right)) return null;
  if (!Array.isArray(left)) {
    throw new MongoError(
      'Location17048',
      `both operands of $setDifference must be arrays. First argument is of type: ${typeName(left)}`,
    );
  }
  if (!Array.isArray(right)) {
    throw new MongoError(
      'Location17049',
      `both operands of $setDifference must be arrays. Second argument is of type: ${typeName(right)}`,
    );
  }
  const difference = setOf(left, collation, scope);
  for (const key of setOf(right, collation, scope).keys()) difference.delete(key);
  return [...difference.values()];
});
