import { BsonDocument } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, charged, fold, NamedArguments, type OperatorCall, type OperatorParser } from '../operator.ts';
import { describeType } from './numeric.ts';

class GetField implements Expression {
  readonly #field: Expression;
  readonly #input: Expression;
  constructor(field: Expression, input: Expression) {
    this.#field = field;
    this.#input = input;
  }
  evaluate(scope: Scope): Argument {
    const field = this.#field.evaluate(scope);
    if (typeof field !== 'string') {
      throw new MongoError(
        'Location3041704',
        `$getField requires 'field' to evaluate to type String, but got ${describeType(field)}`,
      );
    }
    const input = charged(this.#input.evaluate(scope), scope);
    if (input instanceof BsonDocument) return input.get(field);
    return input !== undefined && isNullish(input) ? null : undefined;
  }
}

function build(call: OperatorCall, field: Expression, input: Expression): Expression {
  return fold(new GetField(field, input), [field, input], call.context);
}

export const $getField: OperatorParser = (call) => {
  const { operand } = call;
  const isNamed = operand instanceof BsonDocument && operand.firstKey()?.startsWith('$') !== true;
  if (!isNamed) return build(call, call.parse(operand), call.parse('$$CURRENT'));
  const named = new NamedArguments(call, ['field', 'input'], {
    notObject: 'Location3041701',
    unknown: 'Location3041701',
  });
  const field = call.parse(named.require('field', 'Location3041702'));
  return build(call, field, call.parse(named.require('input', 'Location3041703')));
};
