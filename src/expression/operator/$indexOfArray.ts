import { valuesEqual } from '../../bson/compare.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { variadicIn } from '../operator.ts';
import { describeType } from './numeric.ts';
import { searchRange } from './search-range.ts';

export const $indexOfArray = variadicIn(
  ({ collation }) =>
    (values) => {
      const [array, wanted] = values;
      if (isNullish(array)) return null;
      if (!Array.isArray(array)) {
        throw new MongoError(
          'Location40090',
          `$indexOfArray requires an array as a first argument, found: ${describeType(array)}`,
        );
      }
      const { start, end } = searchRange('$indexOfArray', values, array.length);
      for (let index = start; index < end; index++) {
        if (valuesEqual(array[index], wanted, collation)) return index;
      }
      return -1;
    },
  2,
  4,
);
