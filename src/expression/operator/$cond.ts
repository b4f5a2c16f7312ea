import { BsonDocument, type Value } from '../../bson/value.ts';
import { Constant, type Expression, type Scope } from '../expression.ts';
import {
  type Argument,
  argumentsOf,
  checkCount,
  isTruthy,
  NamedArguments,
  type OperatorCall,
  type OperatorParser,
} from '../operator.ts';

class Conditional implements Expression {
  readonly #condition: Expression;
  readonly #then: Expression;
  readonly #otherwise: Expression;
  constructor(condition: Expression, then: Expression, otherwise: Expression) {
    this.#condition = condition;
    this.#then = then;
    this.#otherwise = otherwise;
  }
  evaluate(scope: Scope): Argument {
    return (isTruthy(this.#condition.evaluate(scope)) ? this.#then : this.#otherwise).evaluate(scope);
  }
}

export const $cond: OperatorParser = (call) => {
  const { context } = call;
  const [conditionSpec, thenSpec, otherwiseSpec] = parts(call);
  const condition = call.parse(conditionSpec);
  const beforeThen = context.failureCount;
  const then = call.parse(thenSpec);
  // A branch that a constant condition rules out may hold constants that fail.
  const isConstant = condition instanceof Constant;
  const isTrue = isConstant && isTruthy(condition.value);
  if (isConstant && !isTrue) context.dropFailures(beforeThen);
  const beforeOtherwise = context.failureCount;
  const otherwise = call.parse(otherwiseSpec);
  if (isTrue) context.dropFailures(beforeOtherwise);
  if (isConstant) return isTrue ? then : otherwise;
  return new Conditional(condition, then, otherwise);
};

/** Condition, then and else, from either form. */
function parts(call: OperatorCall): readonly [Value, Value, Value] {
  if (call.operand instanceof BsonDocument) {
    const named = new NamedArguments(call, ['if', 'then', 'else'], {
      notObject: 'Location16020',
      unknown: 'Location17083',
    });
    return [
      named.require('if', 'Location17080'),
      named.require('then', 'Location17081'),
      named.require('else', 'Location17082'),
    ];
  }
  const positional = argumentsOf(call);
  checkCount(call, positional.length, 3, 3);
  return positional as readonly [Value, Value, Value];
}
