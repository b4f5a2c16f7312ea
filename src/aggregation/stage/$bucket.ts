import { compareValues } from '../../bson/compare.ts';
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { printValue } from '../../bson/print.ts';
import { typeRank } from '../../bson/type.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { Constant, type Expression, type Scope } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { Collation } from '../../query/collation.ts';
import { isGroupBy, parseBucketOutput } from '../bucket-argument.ts';
import { type AccumulatedFields, grouped } from '../grouping.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { sorted } from './$sort.ts';

/** Groups by ranges between boundaries that the argument gives. */
export const $bucket: StageDefinition = {
  ...anywhere,
  parse(argument, context) {
    const { id, fields } = parseBuckets(argument, context);
    const { collation } = context.options;
    const keyOf = (bucket: BsonDocument): string => encodeKeyPart(bucket.get('_id'), false, collation);
    return { open: (input, scope) => sorted(grouped(input, scope, id, fields, collation), scope, keyOf) };
  },
};

/** The lower boundary of the range that a value lies in. */
class BucketOf implements Expression {
  readonly #value: Expression;
  readonly #boundaries: readonly Value[];
  readonly #default: Value | undefined;
  readonly #collation: Collation | undefined;

  constructor(value: Expression, boundaries: readonly Value[], fallback: Value | undefined, collation?: Collation) {
    this.#value = value;
    this.#boundaries = boundaries;
    this.#default = fallback;
    this.#collation = collation;
  }

  evaluate(scope: Scope): Value {
    const value = this.#value.evaluate(scope);
    const above = this.#boundaries.findIndex((boundary) => compareValues(value, boundary, this.#collation) < 0);
    if (above > 0) return this.#boundaries[above - 1] as Value;
    if (this.#default !== undefined) return this.#default;
    throw new MongoError(
      'Location40066',
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  }
}

function parseBuckets(argument: Value, context: PipelineContext): { id: Expression; fields: AccumulatedFields } {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'Location40201',
      `Argument to $bucket stage must be an object, but found type: ${typeName(argument)}.`,
    );
  }
  let groupBy: Expression | undefined;
  let boundaries: readonly Value[] | undefined;
  let fallback: Value | undefined;
  let fields: AccumulatedFields | undefined;
  for (const [name, value] of argument.entries()) {
    if (name === 'groupBy') groupBy = parseGroupBy(value, context);
    else if (name === 'boundaries') boundaries = parseBoundaries(value, context);
    else if (name === 'default') fallback = requireConstant(value, context, 'Location40195', "$bucket 'default'");
    else if (name === 'output') fields = parseBucketOutput(value, '$bucket', 'Location40196', context);
    else throw new MongoError('Location40197', `Unrecognized option to $bucket: ${name}.`);
  }
  if (groupBy === undefined || boundaries === undefined) {
    throw new MongoError('Location40198', "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  }
  checkDefault(fallback, boundaries, context.options.collation);
  return {
    id: new BucketOf(groupBy, boundaries, fallback, context.options.collation),
    fields: fields ?? parseBucketOutput(undefined, '$bucket', 'Location40196', context),
  };
}

function parseGroupBy(value: Value, context: PipelineContext): Expression {
  if (isGroupBy(value)) return parseExpression(value, context.expressions);
  throw new MongoError(
    'Location40202',
    `The $bucket 'groupBy' field must be defined as a $-prefixed path or an expression, but found: ${printValue(value)}.`,
  );
}

function parseBoundaries(value: Value, context: PipelineContext): readonly Value[] {
  if (!Array.isArray(value)) {
    throw new MongoError(
      'Location40200',
      `The $bucket 'boundaries' field must be an array, but found type: ${typeName(value)}.`,
    );
  }
  const boundaries = value.map((element: Value) =>
    requireConstant(element, context, 'Location40191', "The $bucket 'boundaries' field"),
  );
  if (boundaries.length < 2) {
    throw new MongoError(
      'Location40192',
      `The $bucket 'boundaries' field must have at least 2 values, but found ${boundaries.length} value(s).`,
    );
  }
  for (const [index, upper] of boundaries.entries()) {
    const lower = boundaries[index - 1];
    if (lower === undefined) continue;
    if (typeRank[typeName(lower)] !== typeRank[typeName(upper)]) {
      throw new MongoError(
        'Location40193',
        `All values in the the 'boundaries' option to $bucket must have the same type. Found conflicting types ${typeName(lower)} and ${typeName(upper)}.`,
      );
    }
    if (compareValues(lower, upper, context.options.collation) >= 0) {
      throw new MongoError(
        'Location40194',
        `The 'boundaries' option to $bucket must be sorted, but elements ${index - 1} and ${index} are not in ascending order (${printValue(lower)} is not less than ${printValue(upper)}).`,
      );
    }
  }
  return boundaries;
}

function requireConstant(value: Value, context: PipelineContext, codeName: `Location${number}`, what: string): Value {
  const expression = parseExpression(value, context.expressions);
  if (expression instanceof Constant) return expression.value ?? null;
  throw new MongoError(codeName, `${what} must be a constant, but found: ${printValue(value)}.`);
}

function checkDefault(fallback: Value | undefined, boundaries: readonly Value[], collation?: Collation): void {
  if (fallback === undefined) return;
  const isBelow = compareValues(fallback, boundaries[0], collation) < 0;
  const isAbove = compareValues(fallback, boundaries.at(-1), collation) >= 0;
  if (isBelow || isAbove) return;
  throw new MongoError(
    'Location40199',
    "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary.",
  );
}
