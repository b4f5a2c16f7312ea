import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { Constant, type Expression, type Scope } from '../expression.ts';
import { type Argument, isTruthy, NamedArguments, type OperatorCall, type OperatorParser } from '../operator.ts';

interface Branch {
  readonly condition: Expression;
  readonly then: Expression;
}

class Switch implements Expression {
  readonly #branches: readonly Branch[];
  readonly #otherwise: Expression | undefined;
  constructor(branches: readonly Branch[], otherwise: Expression | undefined) {
    this.#branches = branches;
    this.#otherwise = otherwise;
  }
  evaluate(scope: Scope): Argument {
    for (const { condition, then } of this.#branches) {
      scope.step();
      if (isTruthy(condition.evaluate(scope))) return then.evaluate(scope);
    }
    if (this.#otherwise !== undefined) return this.#otherwise.evaluate(scope);
    throw new MongoError(
      'Location40066',
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  }
}

export const $switch: OperatorParser = (call) => {
  const named = new NamedArguments(call, ['branches', 'default'], {
    notObject: 'Location40060',
    unknown: 'Location40067',
  });
  const written = named.find('branches');
  const specifications = written === undefined ? [] : written;
  if (!Array.isArray(specifications)) {
    throw new MongoError(
      'Location40061',
      `$switch expected an array for 'branches', found: ${typeName(specifications)}`,
    );
  }
  let otherwise = named.parse('default');
  const branches: Branch[] = [];
  let isDecided = false;
  for (const specification of specifications) {
    const before = call.context.failureCount;
    const branch = parseBranch(specification, call);
    if (isDecided || isConstant(branch.condition, false)) {
      // Never reached, so what fails in it does not matter.
      call.context.dropFailures(before);
    } else if (isConstant(branch.condition, true)) {
      isDecided = true;
      otherwise = branch.then;
    } else {
      branches.push(branch);
    }
  }
  checkReachable(specifications.length, branches.length, otherwise);
  return branches.length === 0 && otherwise !== undefined ? otherwise : new Switch(branches, otherwise);
};

function isConstant(condition: Expression, truth: boolean): boolean {
  return condition instanceof Constant && isTruthy(condition.value) === truth;
}

function checkReachable(written: number, left: number, otherwise: Expression | undefined): void {
  if (written === 0) throw new MongoError('Location40068', '$switch requires at least one branch.');
  if (left === 0 && otherwise === undefined) {
    throw new MongoError(
      'Location40069',
      'One cannot execute a switch statement where all the cases evaluate to false without a default.',
    );
  }
}

function parseBranch(specification: Value, call: OperatorCall): Branch {
  if (!(specification instanceof BsonDocument)) {
    throw new MongoError(
      'Location40062',
      `$switch expected each branch to be an object, found: ${typeName(specification)}`,
    );
  }
  let condition: Expression | undefined;
  let then: Expression | undefined;
  for (const [name, value] of specification.entries()) {
    if (name === 'case') condition = call.parse(value);
    else if (name === 'then') then = call.parse(value);
    else throw new MongoError('Location40063', `$switch found an unknown argument to a branch: ${name}`);
  }
  if (condition === undefined) {
    throw new MongoError('Location40064', "$switch requires each branch have a 'case' expression");
  }
  if (then === undefined) {
    throw new MongoError('Location40065', "$switch requires each branch have a 'then' expression.");
  }
  return { condition, then };
}
