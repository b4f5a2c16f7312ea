/** Percentiles of numbers, for $percentile and $median. */
import { toDouble } from '../../bson/number.ts';
import { printValue } from '../../bson/print.ts';
import { double } from '../../bson/scalar.ts';
import { any, required, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { Constant, type Expression } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { AccumulatorContext, AccumulatorState } from '../accumulator.ts';
import { checkStateSize } from './memory-limit.ts';

const parseMedianFields = structure('$median', { input: required(any), method: required(any) });
const parsePercentileFields = structure('$percentile', {
  input: required(any),
  method: required(any),
  p: { ...required(any), isRequired: false },
});

/** Reads the argument of $median. */
export function parseMedianArgument(argument: Value, context: AccumulatorContext): Expression {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('Location7436100', `specification must be an object; found $median :${printValue(argument)}`);
  }
  const { input, method } = parseMedianFields(argument);
  checkMethod(method);
  return parseExpression(input, context.expressions);
}

/** Reads the argument of $percentile. */
export function parsePercentileArgument(argument: Value, context: AccumulatorContext) {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'Location7429703',
      `specification must be an object; found $percentile :${printValue(argument)}`,
    );
  }
  const { input, method } = parsePercentileFields(argument);
  if (!argument.has('p')) {
    throw new MongoError('IDLFailedToParse', "BSON field '$percentile.p' is missing but a required field");
  }
  checkMethod(method);
  return {
    input: parseExpression(input, context.expressions),
    fractions: requireFractions(parseExpression(argument.get('p') as Value, context.expressions)),
  };
}

function checkMethod(method: Value): void {
  if (method === 'approximate') return;
  throw new MongoError('BadValue', "Currently only 'approximate' can be used as percentile 'method'.");
}

function requireFractions(expression: Expression): number[] {
  const value = expression instanceof Constant ? expression.value : undefined;
  if (!Array.isArray(value) || value.length === 0) {
    throw new MongoError(
      'Location7750301',
      "The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ".concat(printValue(value)),
    );
  }
  return value.map((element: Value) => {
    if (!isNumeric(element)) {
      throw new MongoError(
        'Location7750302',
        `The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found an element of type ${typeName(element)}`,
      );
    }
    const fraction = toDouble(element);
    if (fraction >= 0 && fraction <= 1) return fraction;
    throw new MongoError(
      'Location7750303',
      `The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ${printValue(element)}`,
    );
  });
}

/** The numbers of a group as doubles. */
export class NumberCollection implements Pick<AccumulatorState, 'add' | 'sizeBytes'> {
  readonly #name: string;
  #values: number[] = [];
  #isSorted = false;
  sizeBytes = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(input: Value | undefined): void {
    if (!isNumeric(input)) return;
    const value = toDouble(input);
    if (Number.isNaN(value)) return;
    this.#values.push(value);
    this.#isSorted = false;
    this.sizeBytes += 8;
    checkStateSize(this.#name, this.sizeBytes);
  }

  /** The value below or at which this part of the numbers lies; null without numbers. */
  percentile(fraction: number): Value {
    if (this.#values.length === 0) return null;
    if (!this.#isSorted) this.#values = Array.from(Float64Array.from(this.#values).sort());
    this.#isSorted = true;
    const rank = Math.max(Math.ceil(fraction * this.#values.length) - 1, 0);
    return double(this.#values[rank] as number);
  }
}
