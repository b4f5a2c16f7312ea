import { toDouble } from '../../bson/number.ts';
import { int32Max } from '../../bson/scalar.ts';
import type { Value } from '../../bson/value.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, isTruthy, NamedArguments, type OperatorParser } from '../operator.ts';
import { elementName } from './element-name.ts';
import { describeType } from './numeric.ts';

class Filter implements Expression {
  readonly #input: Expression;
  readonly #slot: number;
  readonly #condition: Expression;
  readonly #limit: Expression | undefined;
  constructor(input: Expression, slot: number, condition: Expression, limit: Expression | undefined) {
    this.#input = input;
    this.#slot = slot;
    this.#condition = condition;
    this.#limit = limit;
  }
  evaluate(scope: Scope): Argument {
    const input = this.#input.evaluate(scope);
    if (isNullish(input)) return null;
    if (!Array.isArray(input)) {
      throw new MongoError('Location28651', `input to $filter must be an array not ${typeName(input)}`);
    }
    const limit = this.#limit === undefined ? input.length : readLimit(this.#limit.evaluate(scope), input.length);
    scope.spend(input.length);
    const values: Value[] = [];
    for (const element of input) {
      scope.slots[this.#slot] = element;
      if (!isTruthy(this.#condition.evaluate(scope))) continue;
      values.push(element);
      if (values.length >= limit) break;
    }
    return values;
  }
}

function readLimit(value: Argument, whole: number): number {
  if (isNullish(value)) return whole;
  const limit = isNumeric(value) ? toDouble(value) : Number.NaN;
  if (!Number.isInteger(limit) || Math.abs(limit) > int32Max) {
    throw new MongoError(
      'Location327391',
      `$filter: limit must be represented as a 32-bit integral value: ${describeType(value)}`,
    );
  }
  if (limit < 1) throw new MongoError('Location327392', '$filter: limit must be greater than 0');
  return limit;
}

export const $filter: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['input', 'as', 'cond', 'limit'], {
    notObject: 'Location28646',
    unknown: 'Location28647',
  });
  const inputSpec = named.require('input', 'Location28648');
  const conditionSpec = named.require('cond', 'Location28650');
  const input = call.parse(inputSpec);
  const { context, slots } = call.context.bind([elementName(named.find('as'))]);
  return new Filter(input, slots[0] as number, call.parse(conditionSpec, context), named.parse('limit'));
};
