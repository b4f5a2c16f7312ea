import { squareRootExact } from '../../bson/exact-decimal.ts';
import { compareNumbers, isNaNNumber } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { real } from './numeric.ts';

export const $sqrt = real('$sqrt', {
  double: Math.sqrt,
  decimal: squareRootExact,
  check(value) {
    if (isNaNNumber(value) || compareNumbers(value, 0) >= 0) return;
    throw new MongoError(
      'Location28714',
      `$sqrt's argument must be greater than or equal to 0, but is ${printValue(value)}`,
    );
  },
});
