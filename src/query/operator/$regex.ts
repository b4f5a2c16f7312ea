import { BSONRegExp } from '../../bson/scalar.ts';
import type { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { type FieldOperator, testing } from '../operator.ts';
import { RegexTest } from '../regex-test.ts';

/** A pattern as a string or a regular expression; its options stand in the expression or beside it in `$options`. */
export const $regex: FieldOperator = ({ operand, siblings }) => {
  const beside = siblings.get('$options');
  if (beside !== undefined && typeof beside !== 'string') {
    throw new MongoError('BadValue', '$options has to be a string');
  }
  if (typeof operand === 'string') return testing(new RegexTest(operand, beside ?? ''));
  if (!(operand instanceof BSONRegExp)) throw new MongoError('BadValue', '$regex has to be a string');
  if (beside !== undefined && beside !== '' && operand.options !== '') {
    const code = optionsComeFirst(siblings) ? 'Location51074' : 'Location51075';
    throw new MongoError(code, 'options set in both $regex and $options');
  }
  return testing(new RegexTest(operand.pattern, operand.options || (beside ?? '')));
};

function optionsComeFirst(siblings: BsonDocument): boolean {
  for (const name of siblings.keys()) {
    if (name === '$options') return true;
    if (name === '$regex') return false;
  }
  return false;
}
