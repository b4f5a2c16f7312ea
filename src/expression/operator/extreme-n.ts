import { compareValues } from '../../bson/compare.ts';
import { isNullish } from '../../bson/value-type.ts';
import type { OperatorParser } from '../operator.ts';
import { takingN } from './n-argument.ts';

/** `$minN` (sign 1) and `$maxN` (sign -1): nulls do not count. */
export function extremeN(sign: 1 | -1): OperatorParser {
  return takingN(
    'Location5787900',
    ({ collation }) =>
      (array, n) =>
        array
          .filter((element) => !isNullish(element))
          .sort((left, right) => sign * compareValues(left, right, collation))
          .slice(0, n),
  );
}
