import { BSONRegExp, BsonUndefined } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { EqualityTest } from '../equality-test.ts';
import { isReference } from '../membership-test.ts';
import { type Condition, type FieldCall, type FieldOperator, testing } from '../operator.ts';
import { RegexTest } from '../regex-test.ts';
import { $elemMatch } from './$elemMatch.ts';

/** Every one of these values, patterns or `$elemMatch` conditions. An empty list matches nothing. */
export const $all: FieldOperator = (call) => {
  const { operand } = call;
  if (!Array.isArray(operand)) throw new MongoError('BadValue', '$all needs an array');
  if (operand.length === 0) return { kind: 'never' };
  const isElemMatch = firstOperator(operand[0]) === '$elemMatch';
  return {
    kind: 'all',
    conditions: operand.map((value) => (isElemMatch ? elemMatch(value, call) : equal(value, call))),
  };
};

function firstOperator(value: Value | undefined): string | undefined {
  if (!(value instanceof BsonDocument) || isReference(value)) return undefined;
  const first = value.firstKey();
  return first?.startsWith('$') === true ? first : undefined;
}

function elemMatch(value: Value, call: FieldCall): Condition {
  if (firstOperator(value) !== '$elemMatch' || !(value instanceof BsonDocument)) {
    throw new MongoError('BadValue', '$all/$elemMatch has to be consistent');
  }
  if (value.size() > 1) throw new MongoError('BadValue', 'no $ expressions in $all');
  const operand = value.get('$elemMatch') as Value;
  return $elemMatch({ ...call, operand }) as Condition;
}

function equal(value: Value, { parsing }: FieldCall): Condition {
  if (firstOperator(value) !== undefined) throw new MongoError('BadValue', 'no $ expressions in $all');
  if (value instanceof BsonUndefined) throw new MongoError('BadValue', 'cannot compare to undefined');
  if (value instanceof BSONRegExp) return testing(new RegexTest(value.pattern, value.options));
  return testing(new EqualityTest(value, parsing.collation));
}
