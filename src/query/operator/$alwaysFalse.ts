import { toDouble } from '../../bson/number.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { ConstantNode } from '../filter-node.ts';
import type { TreeOperator } from '../operator.ts';

/** `{ $alwaysFalse: 1 }`: what explain shows for filters that need no document to be decided. */
export const $alwaysFalse: TreeOperator = ({ name, operand }) => {
  if (isNumeric(operand) && toDouble(operand) === 1) return new ConstantNode(false);
  throw new MongoError('FailedToParse', `${name} must be an integer value of 1`);
};
