import { MongoError } from '../../error/mongo-error.ts';
import { unary } from '../operator.ts';
import { describeType } from './numeric.ts';
import { codePointCount } from './text.ts';

export const $strLenCP = unary((value) => {
  if (typeof value === 'string') return codePointCount(value);
  throw new MongoError('Location34471', `$strLenCP requires a string argument, found: ${describeType(value)}`);
});
