import { readExact, writeExact } from '../../bson/exact-decimal.ts';
import { Decimal128, Double, double, int64Min, integer, isInt32 } from '../../bson/scalar.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { numeric, plainDouble } from './numeric.ts';

export const $abs = numeric('$abs', (value) => {
  if (typeof value === 'bigint') {
    if (value === int64Min) throw new MongoError('Location28680', "can't take $abs of long long min");
    return value < 0n ? -value : value;
  }
  if (value instanceof Decimal128) return writeExact({ ...readExact(value), isNegative: false });
  const magnitude = Math.abs(plainDouble(value));
  return value instanceof Double || !isInt32(value) ? double(magnitude) : integer(magnitude);
});
