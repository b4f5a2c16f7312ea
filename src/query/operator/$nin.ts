import { parseMembers } from '../membership-test.ts';
import { type FieldOperator, negation, testing } from '../operator.ts';

export const $nin: FieldOperator = ({ name, operand, parsing }) =>
  negation(testing(parseMembers(name, operand, parsing.collation)));
