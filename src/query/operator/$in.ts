import { parseMembers } from '../membership-test.ts';
import { type FieldOperator, testing } from '../operator.ts';

export const $in: FieldOperator = ({ name, operand, parsing }) =>
  testing(parseMembers(name, operand, parsing.collation));
