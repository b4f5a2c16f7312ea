import { BsonUndefined } from '../../bson/scalar.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { EqualityTest } from '../equality-test.ts';
import { type FieldOperator, testing } from '../operator.ts';

/** `{ path: { $eq: value } }`. A regular expression here is a value to equal, not a pattern. */
export const $eq: FieldOperator = ({ operand, parsing }) => {
  if (operand instanceof BsonUndefined) throw new MongoError('BadValue', 'cannot compare to undefined');
  return testing(new EqualityTest(operand, parsing.collation));
};
