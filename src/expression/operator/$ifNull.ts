import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, argumentsOf, fold, type OperatorParser } from '../operator.ts';

class IfNull implements Expression {
  readonly #operands: readonly Expression[];
  constructor(operands: readonly Expression[]) {
    this.#operands = operands;
  }
  evaluate(scope: Scope): Argument {
    let value: Argument;
    for (const operand of this.#operands) {
      scope.step();
      value = operand.evaluate(scope);
      if (!isNullish(value)) return value;
    }
    return value;
  }
}

export const $ifNull: OperatorParser = (call) => {
  const specifications = argumentsOf(call);
  if (specifications.length < 2) {
    throw new MongoError('Location1257300', `$ifNull needs at least two arguments, had: ${specifications.length}`);
  }
  const operands = specifications.map((specification) => call.parse(specification));
  return fold(new IfNull(operands), operands, call.context);
};
