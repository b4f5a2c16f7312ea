import { compareValues, type StringComparison } from '../../bson/compare.ts';
import { toDouble } from '../../bson/number.ts';
import { encodeName } from '../../bson/read.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { valueAtPath } from '../field-path.ts';
import { type Argument, charged, NamedArguments, type OperatorParser } from '../operator.ts';

type Order = (left: Value, right: Value) => number;

class SortArray implements Expression {
  readonly #input: Expression;
  readonly #order: Order;
  constructor(input: Expression, order: Order) {
    this.#input = input;
    this.#order = order;
  }
  evaluate(scope: Scope): Argument {
    const input = charged(this.#input.evaluate(scope), scope);
    if (isNullish(input)) return null;
    if (Array.isArray(input)) {
      return [...input].sort((left, right) => {
        scope.step();
        return this.#order(left, right);
      });
    }
    throw new MongoError(
      'Location2942504',
      `The input argument to $sortArray must be an array, but was of type: ${typeName(input)}`,
    );
  }
}

export const $sortArray: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['input', 'sortBy'], {
    notObject: 'Location2942500',
    unknown: 'Location2942501',
  });
  const input = named.require('input', 'Location2942502');
  const sortBy = named.require('sortBy', 'Location2942503');
  return new SortArray(call.parse(input), parseOrder(sortBy, call.context.collation));
};

function parseOrder(sortBy: Value, strings: StringComparison | undefined): Order {
  if (isNumeric(sortBy)) {
    const direction = findDirection(sortBy);
    if (direction === undefined) {
      throw new MongoError('Location2942506', 'The $sort element value must be either 1 or -1');
    }
    return (left, right) => direction * compareValues(left, right, strings);
  }
  if (sortBy instanceof BsonDocument) return parseFieldOrder(sortBy, strings);
  throw new MongoError('Location2942507', '$sortArray requires sortBy to be 1, -1 or an object');
}

function findDirection(value: Value): 1 | -1 | undefined {
  const number = isNumeric(value) ? toDouble(value) : 0;
  return number === 1 || number === -1 ? number : undefined;
}

function parseFieldOrder(sortBy: BsonDocument, strings: StringComparison | undefined): Order {
  const fields: { names: readonly string[]; encoded: readonly string[]; direction: 1 | -1 }[] = [];
  for (const [path, value] of sortBy.entries()) {
    const direction = findDirection(value);
    if (direction === undefined) {
      throw new MongoError('Location2942505', 'The $sort element value must be either 1 or -1');
    }
    const names = path.split('.');
    fields.push({ names, encoded: names.map(encodeName), direction });
  }
  if (fields.length === 0)
    throw new MongoError('Location2942505', 'The $sort pattern is empty when it should be a set of fields.');
  return (left, right) => {
    for (const { names, encoded, direction } of fields) {
      const a = left instanceof BsonDocument ? valueAtPath(left, names, encoded) : undefined;
      const b = right instanceof BsonDocument ? valueAtPath(right, names, encoded) : undefined;
      const order = compareValues(a ?? null, b ?? null, strings);
      if (order !== 0) return direction * order;
    }
    return 0;
  };
}
