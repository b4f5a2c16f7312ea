import { BSONRegExp, BsonUndefined } from '../../bson/scalar.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { EqualityTest } from '../equality-test.ts';
import { type FieldOperator, negation, testing } from '../operator.ts';

export const $ne: FieldOperator = ({ operand, parsing }) => {
  if (operand instanceof BSONRegExp) throw new MongoError('BadValue', "Can't have regex as arg to $ne.");
  if (operand instanceof BsonUndefined) throw new MongoError('BadValue', 'cannot compare to undefined');
  return negation(testing(new EqualityTest(operand, parsing.collation)));
};
