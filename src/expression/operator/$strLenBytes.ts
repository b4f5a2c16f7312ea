import { MongoError } from '../../error/mongo-error.ts';
import { unary } from '../operator.ts';
import { describeType } from './numeric.ts';

export const $strLenBytes = unary((value) => {
  if (typeof value === 'string') return Buffer.byteLength(value, 'utf8');
  throw new MongoError('Location34473', `$strLenBytes requires a string argument, found: ${describeType(value)}`);
});
