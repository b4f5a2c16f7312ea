/** What the accumulators that keep `n` values ($firstN, $topN, …) share: their argument's form and the rules for `n`. */
import { toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { AccumulatorContext, AccumulatorPlace } from '../accumulator.ts';

export interface InputAndN {
  readonly input: Expression;
  readonly n: Expression;
}

/** Reads `{input: expression, n: expression}`. */
export function parseInputAndN(argument: Value, context: AccumulatorContext, name: string): InputAndN {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('Location5787900', `specification must be an object; found ${name}: ${printValue(argument)}`);
  }
  let input: Value | undefined;
  let n: Value | undefined;
  for (const [field, value] of argument.entries()) {
    if (field === 'input') input = value;
    else if (field === 'n') n = value;
    else throw new MongoError('Location5787901', `Unknown argument for 'n' operator: ${field}`);
  }
  if (n === undefined) throw new MongoError('Location5787906', "Missing value for 'n'");
  if (input === undefined) throw new MongoError('Location5787907', "Missing value for 'input'");
  return { n: parseExpression(n, context.expressions), input: parseExpression(input, context.expressions) };
}

/** `n` as a count; it must be a whole number above zero that fits int64. */
export function requireN(value: Value | undefined, place: AccumulatorPlace): number {
  const number = isNumeric(value) ? toDouble(value) : Number.NaN;
  if (place === 'group') {
    if (Number.isInteger(number) && number > 0 && number < 2 ** 63) return number;
    throw new MongoError('Location7548606', "parameter 'n' must be coercible to a positive 64-bit integer");
  }
  if (!isNumeric(value)) {
    throw new MongoError('Location5787902', `Value for 'n' must be of integral type, but found ${printValue(value)}`);
  }
  if (!Number.isInteger(number) || Math.abs(number) >= 2 ** 63) {
    throw new MongoError('Location5787903', `Value for 'n' must be of integral type, but found ${printValue(value)}`);
  }
  if (number <= 0) {
    throw new MongoError('Location5787908', `'n' must be greater than 0, found ${printValue(value)}`);
  }
  return number;
}
