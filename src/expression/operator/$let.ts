import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { checkVariableName } from '../context.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, NamedArguments, type OperatorParser } from '../operator.ts';

class Let implements Expression {
  readonly #slots: readonly number[];
  readonly #values: readonly Expression[];
  readonly #body: Expression;
  constructor(slots: readonly number[], values: readonly Expression[], body: Expression) {
    this.#slots = slots;
    this.#values = values;
    this.#body = body;
  }
  evaluate(scope: Scope): Argument {
    // The values do not see one another: each has a slot that only the body reads.
    scope.step(this.#slots.length);
    for (let index = 0; index < this.#slots.length; index++) {
      scope.slots[this.#slots[index] as number] = (this.#values[index] as Expression).evaluate(scope);
    }
    return this.#body.evaluate(scope);
  }
}

export const $let: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['vars', 'in'], { notObject: 'Location16874', unknown: 'Location16875' });
  const variables = named.require('vars', 'Location16876');
  const body = named.require('in', 'Location16877');
  if (Array.isArray(variables)) checkVariableName('0');
  if (!(variables instanceof BsonDocument)) {
    throw new MongoError('Location10065', 'invalid parameter: expected an object (vars)');
  }
  const names: string[] = [];
  const values: Expression[] = [];
  for (const [name, value] of variables.entries()) {
    checkVariableName(name);
    names.push(name);
    values.push(call.parse(value));
  }
  const { context, slots } = call.context.bind(names);
  return new Let(slots, values, call.parse(body, context));
};
