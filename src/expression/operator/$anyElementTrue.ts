import { MongoError } from '../../error/mongo-error.ts';
import { isTruthy, unary } from '../operator.ts';
import { describeType } from './numeric.ts';

export const $anyElementTrue = unary((array) => {
  if (Array.isArray(array)) return array.some(isTruthy);
  throw new MongoError('Location17041', `$anyElementTrue's argument must be an array, but is ${describeType(array)}`);
});
