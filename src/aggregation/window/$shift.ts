import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { Constant } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import { findWholeNumber } from '../whole-number.ts';
import type { WindowParser } from '../window.ts';
import { refuseWindow, requireSorted } from './place.ts';

/** Value of an expression for the document so many places on or back. */
export const $shift: WindowParser = (call) => {
  refuseWindow(call);
  requireSorted(call, 'FailedToParse');
  const { argument, context } = call;
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('FailedToParse', `Argument to $shift must be an object, not ${printValue(argument)}`);
  }
  for (const name of argument.keys()) {
    if (name === 'output' || name === 'by' || name === 'default') continue;
    throw new MongoError('FailedToParse', `Unknown argument in $shift: ${name}`);
  }
  const by = findWholeNumber(argument.get('by'));
  const output = argument.get('output');
  if (output === undefined) throw new MongoError('FailedToParse', "$shift requires an 'output' expression.");
  if (by === undefined) throw new MongoError('FailedToParse', "'$shift:by' field must be an integer");
  const expression = parseExpression(output, context.expressions);
  const fallback = defaultOf(parseExpression(argument.get('default') ?? null, context.expressions));
  const offset = Number(by);
  return {
    compute(partition) {
      const values = partition.values(expression);
      return values.map((_, index) => {
        const shifted = index + offset;
        return shifted >= 0 && shifted < values.length ? values[shifted] : fallback;
      });
    },
  };
};

function defaultOf(expression: { evaluate: unknown }): Value {
  if (expression instanceof Constant) return expression.value ?? null;
  throw new MongoError('FailedToParse', "'$shift:default' expression must yield a constant value.");
}
