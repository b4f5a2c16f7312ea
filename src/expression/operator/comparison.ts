import { compareValues } from '../../bson/compare.ts';
import type { Value } from '../../bson/value.ts';
import { binaryIn, type OperatorParser } from '../operator.ts';

/** An operator on the order of two values of any types. A missing value stands below null. */
export function comparison(answer: (order: number) => Value): OperatorParser {
  return binaryIn(
    ({ collation }) =>
      (left, right) =>
        answer(compareValues(left, right, collation)),
  );
}
