import { MongoError } from '../../error/mongo-error.ts';
import { isTruthy, unary } from '../operator.ts';
import { describeType } from './numeric.ts';

export const $allElementsTrue = unary((array) => {
  if (Array.isArray(array)) return array.every(isTruthy);
  throw new MongoError('Location17040', `$allElementsTrue's argument must be an array, but is ${describeType(array)}`);
});
