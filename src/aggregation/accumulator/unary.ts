import type { Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { Accumulator, AccumulatorContext, AccumulatorDefinition, AccumulatorState } from '../accumulator.ts';

/** Reads the argument of an accumulator of one expression; an array is Location40237, except in windows. */
export function parseUnaryArgument(argument: Value, context: AccumulatorContext, name: string): Expression {
  if (Array.isArray(argument) && context.place !== 'window') {
    throw new MongoError('Location40237', `The ${name} accumulator is a unary operator`);
  }
  return parseExpression(argument, context.expressions);
}

/** An accumulator whose argument is one expression, and whose state needs nothing but its values. */
export function unaryAccumulator(start: (context: AccumulatorContext) => AccumulatorState): AccumulatorDefinition {
  return {
    inStableApi: true,
    parse(argument, context, name): Accumulator {
      const expression = parseUnaryArgument(argument, context, name);
      return {
        read: (scope) => expression.evaluate(scope),
        start: () => start(context),
      };
    },
  };
}
