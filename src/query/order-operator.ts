import { BSONRegExp, BsonUndefined } from '../bson/scalar.ts';
import { MongoError } from '../error/mongo-error.ts';
import { type FieldOperator, testing } from './operator.ts';
import { type OrderOperator, OrderTest } from './order-test.ts';

/** The parser of one of the four operators of order. */
export function orderOperator(name: OrderOperator): FieldOperator {
  return ({ operand, parsing }) => {
    if (operand instanceof BSONRegExp) {
      throw new MongoError('BadValue', `Can't have RegEx as arg to predicate over field '${name}'.`);
    }
    if (operand instanceof BsonUndefined) throw new MongoError('BadValue', 'cannot compare to undefined');
    return testing(new OrderTest(name, operand, parsing.collation));
  };
}
