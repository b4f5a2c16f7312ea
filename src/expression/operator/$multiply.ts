import { multiplyNumbers } from '../../bson/number.ts';
import type { Numeric } from '../../bson/scalar.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, fold, type OperatorParser, parseArguments } from '../operator.ts';
import { describeType } from './numeric.ts';

class Multiply implements Expression {
  readonly #operands: readonly Expression[];
  constructor(operands: readonly Expression[]) {
    this.#operands = operands;
  }

  evaluate(scope: Scope): Argument {
    let product: Numeric | undefined;
    for (const operand of this.#operands) {
      scope.step();
      const value = operand.evaluate(scope);
      if (isNullish(value)) return null;
      if (!isNumeric(value)) {
        throw new MongoError('TypeMismatch', `$multiply only supports numeric types, not ${describeType(value)}`);
      }
      product = product === undefined ? value : multiplyNumbers(product, value);
    }
    return product ?? 1;
  }
}

export const $multiply: OperatorParser = (call) => {
  const operands = parseArguments(call, 0, Number.POSITIVE_INFINITY);
  return fold(new Multiply(operands), operands, call.context);
};
