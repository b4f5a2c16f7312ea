import type { Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { Constant } from '../expression.ts';
import { argumentsOf, type OperatorParser, parseArguments, variadicOf } from '../operator.ts';
import { describeType } from './numeric.ts';
import { setOf } from './set-of.ts';

export const $setEquals: OperatorParser = (call) => {
  const { collation } = call.context;
  const count = argumentsOf(call).length;
  if (count < 2) {
    throw new MongoError('Location17045', `$setEquals needs at least two arguments had: ${count}`);
  }
  const operands = parseArguments(call, 2, Number.POSITIVE_INFINITY);
  for (const operand of operands) {
    if (operand instanceof Constant && !Array.isArray(operand.value)) {
      throw new MongoError(
        'Location5887502',
        `All operands of $setEquals must be arrays. One constant argument is of type: ${describeType(operand.value)}`,
      );
    }
  }
  return variadicOf(
    (arrays, scope) => {
      let first: Map<string, Value> | undefined;
      for (const array of arrays) {
        if (!Array.isArray(array)) {
          throw new MongoError(
            'Location17044',
            `All operands of $setEquals must be arrays. One argument is of type: ${describeType(array)}`,
          );
        }
        const set = setOf(array, collation, scope);
        if (first === undefined) first = set;
        else if (set.size !== first.size || ![...set.keys()].every((key) => first?.has(key))) return false;
      }
      return true;
    },
    operands,
    call.context,
  );
};
