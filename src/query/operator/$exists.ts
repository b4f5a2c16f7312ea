import { toDouble } from '../../bson/number.ts';
import type { Value } from '../../bson/value.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { type FieldOperator, negation, testing } from '../operator.ts';
import type { ValueTest } from '../value-test.ts';

/** There is something at the path, null included. */
export const existsTest: ValueTest = {
  operator: '$exists',
  operand: true,
  matchesMissing: false,
  takesWholeArrays: false,
  test: () => true,
};

/** Any operand says yes or no: false, zero, null and undefined say no. */
export const $exists: FieldOperator = ({ operand }) =>
  isTrue(operand) ? testing(existsTest) : negation(testing(existsTest));

function isTrue(operand: Value): boolean {
  if (isNullish(operand) || operand === false) return false;
  return !isNumeric(operand) || toDouble(operand) !== 0;
}
