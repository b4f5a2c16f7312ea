import { addNumbers } from '../../bson/number.ts';
import type { Numeric } from '../../bson/scalar.ts';
import { isNullish, isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, fold, type OperatorParser, parseArguments } from '../operator.ts';
import { shiftDate } from './date-arithmetic.ts';
import { describeType } from './numeric.ts';

class Add implements Expression {
  readonly #operands: readonly Expression[];
  constructor(operands: readonly Expression[]) {
    this.#operands = operands;
  }

  evaluate(scope: Scope): Argument {
    let total: Numeric = 0;
    let date: Date | undefined;
    let isFirst = true;
    for (const operand of this.#operands) {
      scope.step();
      const value = operand.evaluate(scope);
      if (isNullish(value)) return null;
      if (isNumeric(value)) {
        // Not added to 0, which would make a decimal of another exponent and 0.0 of -0.0.
        total = isFirst ? value : addNumbers(total, value);
        isFirst = false;
      } else if (value instanceof Date) {
        if (date !== undefined) throw new MongoError('Location16612', 'only one date allowed in an $add expression');
        date = value;
      } else {
        throw new MongoError('TypeMismatch', `$add only supports numeric or date types, not ${describeType(value)}`);
      }
    }
    return date === undefined ? total : shiftDate(date, total, 1, '$add');
  }
}

export const $add: OperatorParser = (call) => {
  const operands = parseArguments(call, 0, Number.POSITIVE_INFINITY);
  return fold(new Add(operands), operands, call.context);
};
