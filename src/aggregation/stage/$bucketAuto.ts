import { compareValues } from '../../bson/compare.ts';
import { document } from '../../bson/literal.ts';
import { encodeKeyPart } from '../../bson/ordered-key.ts';
import { printValue } from '../../bson/print.ts';
import { int32Max, int32Min } from '../../bson/scalar.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Expression, Scope } from '../../expression/expression.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { Collation } from '../../query/collation.ts';
import { isGroupBy, parseBucketOutput } from '../bucket-argument.ts';
import { findGranularity, type Granularity, requireRoundable } from '../granularity.ts';
import { type AccumulatedFields, Group } from '../grouping.ts';
import { StageMemory } from '../memory.ts';
import type { DocumentSource } from '../source.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { anywhere } from '../stage-policy.ts';
import { blocking, eachDocument } from '../stream.ts';
import { documentSizeBytes } from '../value-size.ts';
import { findWholeNumber } from '../whole-number.ts';

interface Distribution {
  readonly groupBy: Expression;
  readonly buckets: number;
  readonly fields: AccumulatedFields;
  readonly granularity: Granularity | undefined;
  readonly collation: Collation | undefined;
}

interface Entry {
  readonly key: string;
  readonly value: Value;
  readonly document: BsonDocument;
}

/** Groups by ranges that are chosen so that each holds about as many documents. */
export const $bucketAuto: StageDefinition = {
  ...anywhere,
  parse(argument, context) {
    const distribution = parseDistribution(argument, context);
    return { open: (input, scope) => distributed(input, scope, distribution) };
  },
};

function distributed(input: DocumentSource, outer: Scope, distribution: Distribution): DocumentSource {
  const { collation, granularity, groupBy } = distribution;
  const entries: Entry[] = [];
  const memory = new StageMemory('$bucketAuto');
  const scope = outer.fork();
  const taken = eachDocument(input, scope, (document, execution) => {
    const value = groupBy.evaluate(scope.on(document)) ?? null;
    if (granularity !== undefined) requireRoundable(value);
    entries.push({ key: encodeKeyPart(value, false, collation), value, document });
    memory.add(documentSizeBytes(document), execution);
    return undefined;
  });
  return blocking(
    taken,
    () => undefined,
    () => {
      entries.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
      return buckets(entries, distribution, outer);
    },
  );
}

function* buckets(entries: readonly Entry[], distribution: Distribution, outer: Scope): Iterable<BsonDocument> {
  const size = Math.max(1, Math.round(entries.length / distribution.buckets));
  const scope = outer.fork();
  let previousMax: Value | undefined;
  for (let at = 0, made = 1; at < entries.length; made++) {
    const wanted = made === distribution.buckets ? entries.length : Math.min(at + size, entries.length);
    const { end, max } = bucketEnd(entries, wanted, distribution);
    const group = new Group(null, distribution.fields, scope);
    for (const { document } of entries.slice(at, end)) group.add(scope.on(document));
    yield group.document(document({ min: previousMax ?? bucketMin(entries[at] as Entry, distribution), max }));
    previousMax = distribution.granularity === undefined ? undefined : max;
    at = end;
  }
}

function bucketMin({ value }: Entry, { granularity }: Distribution): Value {
  return granularity === undefined ? value : granularity.below(requireRoundable(value));
}

/** Where a bucket that wants to end here ends: behind everything that belongs below its upper boundary. */
function bucketEnd(
  entries: readonly Entry[],
  wanted: number,
  { collation, granularity }: Distribution,
): { end: number; max: Value } {
  const last = entries[wanted - 1] as Entry;
  let end = wanted;
  if (granularity === undefined) {
    while (entries[end]?.key === last.key) end++;
    return { end, max: (entries[end] ?? (entries[end - 1] as Entry)).value };
  }
  const max = granularity.above(requireRoundable(last.value));
  for (let next = entries[end]; next !== undefined; next = entries[++end]) {
    const isZeroBucket = compareValues(last.value, 0) === 0;
    const isBelow = isZeroBucket ? next.key === last.key : compareValues(next.value, max, collation) < 0;
    if (!isBelow) return { end, max: isZeroBucket ? granularity.below(requireRoundable(next.value)) : max };
  }
  return { end, max };
}

function parseDistribution(argument: Value, context: PipelineContext): Distribution {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError(
      'Location40240',
      `The argument to $bucketAuto must be an object, but found type: ${typeName(argument)}.`,
    );
  }
  let groupBy: Expression | undefined;
  let count: number | undefined;
  let fields: AccumulatedFields | undefined;
  let granularity: Granularity | undefined;
  for (const [name, value] of argument.entries()) {
    if (name === 'groupBy') groupBy = parseGroupBy(value, context);
    else if (name === 'buckets') count = requireBuckets(value);
    else if (name === 'output') fields = parseBucketOutput(value, '$bucketAuto', 'Location40244', context);
    else if (name === 'granularity') granularity = requireGranularity(value);
    else throw new MongoError('Location40245', `Unrecognized option to $bucketAuto: ${name}.`);
  }
  if (groupBy === undefined || count === undefined) {
    throw new MongoError('Location40246', "$bucketAuto requires 'groupBy' and 'buckets' to be specified.");
  }
  return {
    groupBy,
    buckets: count,
    fields: fields ?? parseBucketOutput(undefined, '$bucketAuto', 'Location40244', context),
    granularity,
    collation: context.options.collation,
  };
}

function parseGroupBy(value: Value, context: PipelineContext): Expression {
  if (isGroupBy(value)) return parseExpression(value, context.expressions);
  throw new MongoError(
    'Location40239',
    `The $bucketAuto 'groupBy' field must be defined as a $-prefixed path or an expression object, but found: ${printValue(value)}.`,
  );
}

function requireBuckets(value: Value): number {
  if (!isNumeric(value)) {
    throw new MongoError(
      'Location40241',
      `The $bucketAuto 'buckets' field must be a numeric value, but found type: ${typeName(value)}.`,
    );
  }
  const whole = Number(findWholeNumber(value) ?? Number.NaN);
  if (!(whole >= int32Min && whole <= int32Max)) {
    throw new MongoError(
      'Location40242',
      `The $bucketAuto 'buckets' field must be representable as a 32-bit integer, but found ${printValue(value)}.`,
    );
  }
  if (whole <= 0) {
    throw new MongoError(
      'Location40243',
      `The $bucketAuto 'buckets' field must be greater than 0, but found: ${whole}.`,
    );
  }
  return whole;
}

function requireGranularity(value: Value): Granularity {
  if (typeof value !== 'string') {
    throw new MongoError(
      'Location40261',
      `The $bucketAuto 'granularity' field must be a string, but found type: ${typeName(value)}.`,
    );
  }
  const granularity = findGranularity(value);
  if (granularity !== undefined) return granularity;
  throw new MongoError('Location40257', `Unknown rounding granularity '${value}'`);
}
