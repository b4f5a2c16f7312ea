import type { Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, NamedArguments, type OperatorParser } from '../operator.ts';
import { elementName } from './element-name.ts';

class MapArray implements Expression {
  readonly #input: Expression;
  readonly #slot: number;
  readonly #body: Expression;
  constructor(input: Expression, slot: number, body: Expression) {
    this.#input = input;
    this.#slot = slot;
    this.#body = body;
  }
  evaluate(scope: Scope): Argument {
    const input = this.#input.evaluate(scope);
    if (isNullish(input)) return null;
    if (!Array.isArray(input)) {
      throw new MongoError('Location16883', `input to $map must be an array not ${typeName(input)}`);
    }
    scope.spend(input.length);
    const values: Value[] = [];
    for (const element of input) {
      scope.slots[this.#slot] = element;
      values.push(this.#body.evaluate(scope) ?? null);
    }
    return values;
  }
}

export const $map: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['input', 'as', 'in'], {
    notObject: 'Location16878',
    unknown: 'Location16879',
  });
  const inputSpec = named.require('input', 'Location16880');
  const bodySpec = named.require('in', 'Location16882');
  const input = call.parse(inputSpec);
  const { context, slots } = call.context.bind([elementName(named.find('as'))]);
  return new MapArray(input, slots[0] as number, call.parse(bodySpec, context));
};
