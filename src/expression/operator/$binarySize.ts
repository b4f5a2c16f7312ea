import { Binary } from '../../bson/scalar.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { unary } from '../operator.ts';

export const $binarySize = unary((value) => {
  if (isNullish(value)) return null;
  if (typeof value === 'string') return Buffer.byteLength(value, 'utf8');
  if (value instanceof Binary) return value.length();
  throw new MongoError('Location51276', `$binarySize requires a string or BinData argument, found: ${typeName(value)}`);
});
