import { double } from '../../bson/scalar.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import type { Argument, OperatorParser } from '../operator.ts';

class Rand implements Expression {
  evaluate(scope: Scope): Argument {
    return double(scope.environment.randomness.fraction());
  }
}

export const $rand: OperatorParser = ({ operand, context }) => {
  const isArray = Array.isArray(operand);
  if (!isArray && !(operand instanceof BsonDocument)) {
    throw new MongoError('Location10065', 'invalid parameter: expected an object ($rand)');
  }
  if (isArray ? operand.length > 0 : !(operand as BsonDocument).isEmpty()) {
    throw new MongoError('Location3040501', '$rand does not currently accept arguments');
  }
  context.dependencies.isRandom = true;
  return new Rand();
};
