import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../expression.ts';
import { type Argument, charged, fold, type OperatorCall } from '../operator.ts';

export const setFieldCodes = { notObject: 'Location4161100', unknown: 'Location4161101' } as const;

/** `$setField` and `$unsetField`: one field of a document, its name taken whole. */
export class SetField implements Expression {
  readonly #name: string;
  readonly #input: Expression;
  readonly #value: Expression | undefined;
  readonly #operator: string;

  constructor(operator: string, name: string, input: Expression, value: Expression | undefined) {
    this.#operator = operator;
    this.#name = name;
    this.#input = input;
    this.#value = value;
  }

  /** With the `field` argument as written; a value of undefined takes the field away. */
  static parse(call: OperatorCall, field: Value, input: Expression, value: Expression | undefined): Expression {
    const expression = new SetField(call.name, fieldNameOf(field, call.name), input, value);
    return fold(expression, [input, value], call.context);
  }

  evaluate(scope: Scope): Argument {
    const input = charged(this.#input.evaluate(scope), scope);
    if (isNullish(input)) return null;
    if (!(input instanceof BsonDocument)) {
      throw new MongoError(
        'Location4161105',
        `${this.#operator} requires 'input' to evaluate to type Object, but got ${typeName(input)}`,
      );
    }
    const value = this.#value?.evaluate(scope);
    const fields = input.toFields();
    if (value === undefined) fields.delete(this.#name);
    else fields.set(this.#name, value);
    return BsonDocument.fromFields(fields);
  }
}

/** The name in a `field` argument: a constant string, a dollar in front only inside of $literal. */
function fieldNameOf(specification: Value, operator: string): string {
  const value = constantOf(specification, operator);
  if (typeof value !== 'string') {
    throw new MongoError(
      'Location4161107',
      `${operator} requires 'field' to evaluate to type String, but got ${typeName(value)}`,
    );
  }
  if (value.includes('\0'))
    throw new MongoError('Location9534700', `${operator} field name must not contain null bytes`);
  return value;
}

function constantOf(specification: Value, operator: string): Value {
  if (typeof specification === 'string' && specification.startsWith('$')) {
    throw new MongoError(
      'Location4161108',
      `'${specification}' is a field path reference which is not allowed in this context. Did you mean {$literal: '${specification}'}?`,
    );
  }
  if (specification instanceof BsonDocument && !specification.isEmpty()) {
    const name = specification.firstKey();
    const literal = name === '$literal' || name === '$const' ? specification.get(name) : undefined;
    if (literal !== undefined) return literal;
  } else if (!Array.isArray(specification)) {
    return specification;
  }
  throw new MongoError('Location4161106', `${operator} requires 'field' to evaluate to a constant`);
}
