import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, NamedArguments, type OperatorParser } from '../operator.ts';

class Reduce implements Expression {
  readonly #input: Expression;
  readonly #initial: Expression;
  readonly #thisSlot: number;
  readonly #valueSlot: number;
  readonly #body: Expression;
  constructor(input: Expression, initial: Expression, slots: readonly number[], body: Expression) {
    this.#input = input;
    this.#initial = initial;
    this.#thisSlot = slots[0] as number;
    this.#valueSlot = slots[1] as number;
    this.#body = body;
  }
  evaluate(scope: Scope): Argument {
    const input = this.#input.evaluate(scope);
    if (isNullish(input)) return null;
    if (!Array.isArray(input)) {
      throw new MongoError('Location40080', `$reduce requires that 'input' be an array, found: ${typeName(input)}`);
    }
    scope.spend(input.length);
    let value = this.#initial.evaluate(scope);
    for (const element of input) {
      scope.slots[this.#thisSlot] = element;
      scope.slots[this.#valueSlot] = value;
      value = this.#body.evaluate(scope);
    }
    return value;
  }
}

export const $reduce: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['input', 'initialValue', 'in'], {
    notObject: 'Location40075',
    unknown: 'Location40076',
  });
  const input = call.parse(named.require('input', 'Location40077'));
  const initial = call.parse(named.require('initialValue', 'Location40078'));
  const { context, slots } = call.context.bind(['this', 'value']);
  return new Reduce(input, initial, slots, call.parse(named.require('in', 'Location40079'), context));
};
