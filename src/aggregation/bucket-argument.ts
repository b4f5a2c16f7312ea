/** What the arguments of $bucket and $bucketAuto share. */
import { document } from '../bson/literal.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { typeName } from '../bson/value-type.ts';
import type { CodeName } from '../error/codes.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { AccumulatorContext } from './accumulator.ts';
import { parseAccumulatorField } from './accumulator-field.ts';
import type { AccumulatedFields } from './grouping.ts';
import type { PipelineContext } from './stage.ts';

/** Whether a `groupBy` is a path or an operator's expression. */
export function isGroupBy(value: Value): value is string | BsonDocument {
  if (typeof value === 'string') return value.startsWith('$');
  return value instanceof BsonDocument && value.firstKey()?.startsWith('$') === true;
}

/** Reads `output`; absent, it counts the documents. */
export function parseBucketOutput(
  value: Value | undefined,
  stage: string,
  codeName: CodeName,
  { expressions, options }: PipelineContext,
): AccumulatedFields {
  const context: AccumulatorContext = { place: 'bucket', expressions, collation: options.collation };
  if (value === undefined) return [['count', parseAccumulatorField('count', document({ $sum: 1 }), context)]];
  if (!(value instanceof BsonDocument)) {
    throw new MongoError(
      codeName,
      `The ${stage} 'output' field must be an object, but found type: ${typeName(value)}.`,
    );
  }
  return [...value.entries()].map(([name, field]) => [name, parseAccumulatorField(name, field, context)] as const);
}
