import { BSONRegExp } from '../../bson/scalar.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type FieldOperator, negation, testing } from '../operator.ts';
import { RegexTest } from '../regex-test.ts';

/** The opposite of the operators in a document, or of a pattern. Holds where the field is missing. */
export const $not: FieldOperator = ({ operand, path, parsing }) => {
  if (operand instanceof BSONRegExp) return negation(testing(new RegexTest(operand.pattern, operand.options)));
  if (!(operand instanceof BsonDocument)) throw new MongoError('BadValue', '$not needs a regex or a document');
  if (operand.isEmpty()) throw new MongoError('BadValue', '$not cannot be empty');
  return negation(...parsing.parseConditions(path, operand, parsing));
};
