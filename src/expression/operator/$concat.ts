import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, fold, type OperatorParser, parseArguments } from '../operator.ts';
import { checkLength } from './text.ts';

class Concat implements Expression {
  readonly #operands: readonly Expression[];
  constructor(operands: readonly Expression[]) {
    this.#operands = operands;
  }
  evaluate(scope: Scope): Argument {
    let text = '';
    for (const operand of this.#operands) {
      scope.step();
      const value = operand.evaluate(scope);
      if (isNullish(value)) return null;
      if (typeof value !== 'string') {
        throw new MongoError('Location16702', `$concat only supports strings, not ${typeName(value)}`);
      }
      text += value;
    }
    checkLength(text.length);
    return text;
  }
}

export const $concat: OperatorParser = (call) => {
  const operands = parseArguments(call, 0, Number.POSITIVE_INFINITY);
  return fold(new Concat(operands), operands, call.context);
};
