/**
 * Specifications to expressions. A string with a dollar is a path or a variable, a document whose first field has one is
 * an operator, every other document and every array is built from the expressions in it, the rest stands for itself.
 */
import { printDocument } from '../bson/print.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { checkVariableName, type ParseContext } from './context.ts';
import { Constant, type Expression, type Scope } from './expression.ts';
import { checkFieldName, parsePath } from './field-path.ts';
import { fold } from './operator.ts';
import { parseVariable } from './system-variable.ts';
import { findOperator, isOutsideStableApi } from './table.ts';

export { type Collation, checkVariableName, Dependencies, ParseContext, type ParseOptions } from './context.ts';

/** Reads an expression. Throws what MongoDB throws for it, constants that fail included. */
export function parseExpression(specification: Value, context: ParseContext): Expression {
  const failures = context.failureCount;
  const expression = parseAny(specification, context);
  context.throwFailures(failures);
  return expression;
}

/** Reads the operand of one operator, as if it stood as `{name: operand}`. Throws InvalidPipelineOperator for an unknown name. */
export function parseOperator(name: string, operand: Value, context: ParseContext): Expression {
  const failures = context.failureCount;
  const expression = parseCall(name, operand, context);
  context.throwFailures(failures);
  return expression;
}

/** Whether some operator has this name. */
export function isOperatorName(name: string): boolean {
  return findOperator(name) !== undefined;
}

/** Variables of a command's or stage's `let`: declared in `context`, given their values by `assign`. */
export interface LetVariables {
  /** The context in which the variables are declared. */
  readonly context: ParseContext;
  /** Evaluates the variables on `from` and puts them into `to`. */
  assign(from: Scope, to: Scope): void;
}

/** Reads a `let`. Its values are expressions in `outer`; throws FailedToParse for names that nobody may declare. */
export function parseLet(specification: BsonDocument, outer: ParseContext): LetVariables {
  const names: string[] = [];
  const expressions: Expression[] = [];
  for (const [name, value] of specification.entries()) {
    checkVariableName(name, false);
    names.push(name);
    expressions.push(parseExpression(value, outer));
  }
  const { context, slots } = outer.bind(names, false);
  const assign = (from: Scope, to: Scope): void => {
    for (const [index, expression] of expressions.entries()) {
      to.slots[slots[index] as number] = expression.evaluate(from);
    }
  };
  return { context, assign };
}

/** What reading one expression counts. */
const stepsToParse = 8;

function parseAny(specification: Value, context: ParseContext): Expression {
  context.options.watch?.step(stepsToParse);
  if (typeof specification === 'string') {
    return specification.startsWith('$') ? parseReference(specification, context) : new Constant(specification);
  }
  if (specification instanceof BsonDocument) return parseDocument(specification, context);
  if (Array.isArray(specification)) return parseArray(specification, context);
  return new Constant(specification);
}

/** `$path` and `$$variable.path`. */
function parseReference(text: string, context: ParseContext): Expression {
  if (!text.startsWith('$$')) {
    if (text === '$') throw new MongoError('Location16872', "'$' by itself is not a valid FieldPath");
    return parseVariable('CURRENT', parsePath(text.slice(1)), context);
  }
  const dot = text.indexOf('.');
  const name = text.slice(2, dot < 0 ? undefined : dot);
  checkReadName(name);
  return parseVariable(name, parsePath(text.slice(2)).slice(1), context);
}

function checkReadName(name: string): void {
  if (name === '') throw new MongoError('FailedToParse', 'empty variable names are not allowed');
  if (/^[A-Za-z\u0080-\u{10ffff}][A-Za-z0-9_\u0080-\u{10ffff}]*$/u.test(name)) return;
  const problem = /^[A-Za-z\u0080-\u{10ffff}]/u.test(name)
    ? 'contains an invalid character for a variable name'
    : 'starts with an invalid character for a variable name';
  throw new MongoError('FailedToParse', `'${name}' ${problem}`);
}

function parseDocument(specification: BsonDocument, context: ParseContext): Expression {
  const first = specification.firstKey();
  if (first?.startsWith('$') !== true) return parseFields(specification, context);
  if (specification.size() > 1) {
    throw new MongoError(
      'Location15983',
      `an expression specification must contain exactly one field, the name of the expression. Found ${specification.size()} fields in ${printDocument(specification)}`,
    );
  }
  return parseCall(first, specification.get(first) as Value, context);
}

function parseCall(name: string, operand: Value, context: ParseContext): Expression {
  const operator = findOperator(name);
  if (operator === undefined) throw new MongoError('InvalidPipelineOperator', `Unrecognized expression '${name}'`);
  if (context.options.isStrictApi === true && isOutsideStableApi(name)) {
    throw new MongoError('APIStrictError', `Expression ${name} is not in API Version 1`);
  }
  return operator({ name, operand, context, parse: (argument, inner = context) => parseAny(argument, inner) });
}

class ArrayExpression implements Expression {
  readonly #elements: readonly Expression[];
  constructor(elements: readonly Expression[]) {
    this.#elements = elements;
  }
  evaluate(scope: Scope): Value {
    const values: Value[] = [];
    for (const element of this.#elements) {
      scope.step();
      values.push(element.evaluate(scope) ?? null);
    }
    return values;
  }
}

function parseArray(specification: readonly Value[], context: ParseContext): Expression {
  const elements = specification.map((element) => parseAny(element, context));
  return fold(new ArrayExpression(elements), elements, context);
}

/** A document built of expressions; fields whose value is missing are left out. */
class DocumentExpression implements Expression {
  readonly #fields: readonly (readonly [string, Expression])[];
  constructor(fields: readonly (readonly [string, Expression])[]) {
    this.#fields = fields;
  }
  evaluate(scope: Scope): Value {
    const fields = new Map<string, Value>();
    for (const [name, expression] of this.#fields) {
      scope.step();
      const value = expression.evaluate(scope);
      if (value !== undefined) fields.set(name, value);
    }
    return BsonDocument.fromFields(fields);
  }
}

function parseFields(specification: BsonDocument, context: ParseContext): Expression {
  const fields: [string, Expression][] = [];
  const names = new Set<string>();
  for (const [name, value] of specification.entries()) {
    checkFieldName(name);
    if (names.has(name)) {
      throw new MongoError(
        'Location16406',
        `duplicate field name specified in object literal: ${printDocument(specification)}`,
      );
    }
    names.add(name);
    fields.push([name, parseAny(value, context)]);
  }
  return fold(
    new DocumentExpression(fields),
    fields.map(([, expression]) => expression),
    context,
  );
}
