/**
 * How operators are written. A file of `operator/` exports one parser, made by one of the constructors below from a
 * function on values; the constructor checks the number of arguments and folds constants. Operators whose arguments
 * have names, or that evaluate some of them only sometimes, use `OperatorCall` directly.
 */

import { isZeroNumber } from '../bson/number.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNullish, isNumeric, typeName } from '../bson/value-type.ts';
import { bytesPerStep } from '../clock/work-watch.ts';
import type { CodeName } from '../error/codes.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import type { ParseContext } from './context.ts';
import { Constant, type Expression, Scope } from './expression.ts';

/** One use of an operator: `{$name: operand}`. */
export interface OperatorCall {
  readonly name: string;
  readonly operand: Value;
  readonly context: ParseContext;
  /** Parses an argument; in a derived context where variables are bound around it. */
  parse(specification: Value, context?: ParseContext): Expression;
}

/** Reads the operand once; throws what MongoDB throws for it. */
export type OperatorParser = (call: OperatorCall) => Expression;

/** The arguments as written: the elements of an array, or the operand itself. */
export function argumentsOf(call: OperatorCall): readonly Value[] {
  return Array.isArray(call.operand) ? call.operand : [call.operand];
}

/** Throws 16020 or 28667 unless the number of arguments is within these bounds. */
export function checkCount(call: OperatorCall, count: number, least: number, most: number): void {
  if (count >= least && count <= most) return;
  if (least === most) {
    throw new MongoError(
      'Location16020',
      `Expression ${call.name} takes exactly ${least} arguments. ${count} were passed in.`,
    );
  }
  throw new MongoError(
    'Location28667',
    `Expression ${call.name} takes at least ${least} arguments, and at most ${most}, but ${count} were passed in.`,
  );
}

/** The parsed arguments, their number checked. */
export function parseArguments(call: OperatorCall, least: number, most: number): Expression[] {
  const specifications = argumentsOf(call);
  checkCount(call, specifications.length, least, most);
  return specifications.map((specification) => call.parse(specification));
}

/** An expression of constants is its value; where that fails, it fails when reached and at the end of parsing. */
export function fold(
  expression: Expression,
  operands: readonly (Expression | undefined)[],
  context: ParseContext,
): Expression {
  for (const operand of operands) if (operand !== undefined && !(operand instanceof Constant)) return expression;
  try {
    return new Constant(expression.evaluate(new Scope(context.foldingEnvironment, BsonDocument.empty)));
  } catch (error) {
    if (!isMongoError(error)) throw error;
    context.noteFailure(error);
    return expression;
  }
}

/** What an argument evaluates to; undefined is missing. */
export type Argument = Value | undefined;

/** A result; the elements of an array count as built. */
function counted(result: Argument, scope: Scope): Argument {
  if (Array.isArray(result)) scope.spend(result.length);
  return result;
}

/** An operand; what there is to go through in a long one counts, however little the operator makes of it. */
export function charged(operand: Argument, scope: Scope): Argument {
  scope.step();
  if (typeof operand === 'string') {
    if (operand.length > bytesPerStep) scope.spend(operand.length / bytesPerStep);
  } else if (Array.isArray(operand)) {
    scope.spend(operand.length);
  } else if (operand instanceof BsonDocument) {
    scope.step(sizeInSteps(operand));
  }
  return operand;
}

function sizeInSteps(document: BsonDocument): number {
  const bytes = document.encoded;
  return bytes === undefined ? document.size() : Math.trunc(bytes.length / bytesPerStep);
}

class Unary implements Expression {
  readonly #apply: (value: Argument, scope: Scope) => Argument;
  readonly #operand: Expression;
  constructor(apply: (value: Argument, scope: Scope) => Argument, operand: Expression) {
    this.#apply = apply;
    this.#operand = operand;
  }
  evaluate(scope: Scope): Argument {
    return counted(this.#apply(charged(this.#operand.evaluate(scope), scope), scope), scope);
  }
}

class Binary implements Expression {
  readonly #apply: (left: Argument, right: Argument, scope: Scope) => Argument;
  readonly #left: Expression;
  readonly #right: Expression;
  constructor(apply: (left: Argument, right: Argument, scope: Scope) => Argument, left: Expression, right: Expression) {
    this.#apply = apply;
    this.#left = left;
    this.#right = right;
  }
  evaluate(scope: Scope): Argument {
    const left = charged(this.#left.evaluate(scope), scope);
    return counted(this.#apply(left, charged(this.#right.evaluate(scope), scope), scope), scope);
  }
}

class Variadic implements Expression {
  readonly #apply: (values: readonly Argument[], scope: Scope) => Argument;
  readonly #operands: readonly Expression[];
  constructor(apply: (values: readonly Argument[], scope: Scope) => Argument, operands: readonly Expression[]) {
    this.#apply = apply;
    this.#operands = operands;
  }
  evaluate(scope: Scope): Argument {
    const values: Argument[] = [];
    for (const operand of this.#operands) values.push(charged(operand.evaluate(scope), scope));
    return counted(this.#apply(values, scope), scope);
  }
}

/**
 * An operator of one argument. Operands are counted before `apply` sees them; one that does more than go through them once
 * counts that on the scope.
 */
export function unary(apply: (value: Argument, scope: Scope) => Argument): OperatorParser {
  return (call) => {
    const operands = parseArguments(call, 1, 1);
    return fold(new Unary(apply, operands[0] as Expression), operands, call.context);
  };
}

/** An operator of one argument that is the operand itself, even where that is an array. */
export function whole(apply: (value: Argument, scope: Scope) => Argument): OperatorParser {
  return (call) => {
    const operand = call.parse(call.operand);
    return fold(new Unary(apply, operand), [operand], call.context);
  };
}

/** An operator of two arguments, both always evaluated. `make` sees the context once where the collation matters. */
export function binary(apply: (left: Argument, right: Argument, scope: Scope) => Argument): OperatorParser {
  return binaryIn(() => apply);
}

export function binaryIn(
  make: (context: ParseContext) => (left: Argument, right: Argument, scope: Scope) => Argument,
): OperatorParser {
  return (call) => {
    const operands = parseArguments(call, 2, 2);
    const apply = make(call.context);
    return fold(new Binary(apply, operands[0] as Expression, operands[1] as Expression), operands, call.context);
  };
}

/** An operator of any number of arguments within bounds, all always evaluated. */
export function variadic(
  apply: (values: readonly Argument[], scope: Scope) => Argument,
  least = 0,
  most = Number.POSITIVE_INFINITY,
): OperatorParser {
  return variadicIn(() => apply, least, most);
}

/** An expression that applies a function to operands that are parsed already. */
export function variadicOf(
  apply: (values: readonly Argument[], scope: Scope) => Argument,
  operands: readonly Expression[],
  context: ParseContext,
): Expression {
  return fold(new Variadic(apply, operands), operands, context);
}

export function variadicIn(
  make: (context: ParseContext) => (values: readonly Argument[], scope: Scope) => Argument,
  least = 0,
  most = Number.POSITIVE_INFINITY,
): OperatorParser {
  return (call) => {
    const operands = parseArguments(call, least, most);
    return variadicOf(make(call.context), operands, call.context);
  };
}

/** As `variadicIn`, for operators that MongoDB lets look at constants last, whatever their place. */
export function unorderedIn(
  make: (context: ParseContext) => (values: readonly Argument[], scope: Scope) => Argument,
): OperatorParser {
  return (call) => {
    const operands = parseArguments(call, 0, Number.POSITIVE_INFINITY);
    const constants = operands.filter((operand) => operand instanceof Constant);
    const others = operands.filter((operand) => !(operand instanceof Constant));
    return variadicOf(make(call.context), [...others, ...constants], call.context);
  };
}

/** What goes wrong with an operand whose arguments have names. */
export interface NamedCodes {
  /** The operand is no document. */
  readonly notObject: CodeName;
  /** It has a field that is no argument. */
  readonly unknown: CodeName;
}

/** The arguments of an operator whose operand is a document of named ones, as written. */
export class NamedArguments {
  readonly #call: OperatorCall;
  readonly #values: ReadonlyMap<string, Value>;

  constructor(call: OperatorCall, names: readonly string[], codes: NamedCodes) {
    this.#call = call;
    if (!(call.operand instanceof BsonDocument)) {
      throw new MongoError(
        codes.notObject,
        `${call.name} only supports an object as an argument, found: ${typeName(call.operand)}`,
      );
    }
    const values = new Map<string, Value>();
    for (const [name, value] of call.operand.entries()) {
      if (!names.includes(name)) throw new MongoError(codes.unknown, `Unrecognized argument to ${call.name}: ${name}`);
      values.set(name, value);
    }
    this.#values = values;
  }

  /** The argument as written, or undefined. */
  find(name: string): Value | undefined {
    return this.#values.get(name);
  }

  /** The argument as written; throws with this code where it is absent. */
  require(name: string, code: CodeName): Value {
    const value = this.#values.get(name);
    if (value === undefined) throw new MongoError(code, `Missing '${name}' parameter to ${this.#call.name}`);
    return value;
  }

  /** The argument as an expression, or undefined. */
  parse(name: string, context?: ParseContext): Expression | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : this.#call.parse(value, context);
  }
}

/** Whether a value counts as true: everything but false, null, undefined, missing and the zeros. */
export function isTruthy(value: Argument): boolean {
  if (typeof value === 'boolean') return value;
  if (isNumeric(value)) return !isZeroNumber(value);
  return !isNullish(value);
}
