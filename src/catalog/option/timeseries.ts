/** The `timeseries` option of a collection: what it may say and how listCollections shows it. */
import { document } from '../../bson/literal.ts';
import { type FieldParser, integral, oneOf, optional, required, string, structure } from '../../bson/structure.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import { invariant } from '../../error/invariant.ts';
import { MongoError } from '../../error/mongo-error.ts';

/** What a time-series collection asks of its documents. */
export interface Timeseries {
  readonly timeField: string;
  readonly metaField: string | undefined;
}

const granularities = ['seconds', 'minutes', 'hours'] as const;
type Granularity = (typeof granularities)[number];

/** The longest span of a bucket that each granularity stands for (manual, "Set Granularity for Time Series Data"). */
const spanSeconds: Readonly<Record<Granularity, number>> = { seconds: 3600, minutes: 86_400, hours: 2_592_000 };
const spanMaxSeconds = 31_536_000;

/** A field's name: a string without NUL. */
const fieldName: FieldParser<string> = (value, path) => {
  const name = string(value, path);
  if (!name.includes('\0')) return name;
  throw new MongoError('BadValue', `BSON field '${path}' value must not contain null bytes`);
};

const span: FieldParser<number> = (value, path) => {
  const seconds = integral(value, path);
  if (seconds >= 1 && seconds <= spanMaxSeconds) return seconds;
  const limit = seconds < 1 ? '>= 1' : `<= ${spanMaxSeconds}`;
  throw new MongoError('BadValue', `BSON field '${path}' value must be ${limit}, actual value '${seconds}'`);
};

const parseCreated = structure('timeseries', {
  timeField: required(fieldName),
  metaField: optional(fieldName),
  granularity: optional(oneOf(...granularities)),
  bucketMaxSpanSeconds: optional(span),
  bucketRoundingSeconds: optional(span),
});

const parseChange = structure('timeseries', {
  granularity: optional(oneOf(...granularities)),
  bucketMaxSpanSeconds: optional(span),
  bucketRoundingSeconds: optional(span),
});

export type TimeseriesFields = ReturnType<typeof parseCreated>;
export type TimeseriesChange = ReturnType<typeof parseChange>;

/** `timeseries` of create, field by field. */
export function timeseriesFields(document: BsonDocument, path?: string): TimeseriesFields {
  return parseCreated(document, path);
}

/** `timeseries` of collMod, which can change the size of the buckets and nothing else. */
export function timeseriesChange(document: BsonDocument, path?: string): TimeseriesChange {
  return parseChange(document, path);
}

/** Checks what the fields say together and answers them as they are stored. Throws InvalidOptions. */
export function timeseriesOption(fields: TimeseriesFields): BsonDocument {
  const { timeField, metaField } = fields;
  if (metaField === '_id') throw new MongoError('InvalidOptions', 'The \'metaField\' cannot be "_id"');
  if (metaField === timeField) {
    throw new MongoError('InvalidOptions', "The 'timeField' and 'metaField' cannot be the same field");
  }
  return writtenTimeseriesOption(fields);
}

/** As `timeseriesOption`, for a collection that $out makes: MongoDB lets the fields of that be any. */
export function writtenTimeseriesOption(fields: TimeseriesFields): BsonDocument {
  const { timeField, metaField } = fields;
  if (timeField.includes('.')) {
    throw new MongoError('InvalidOptions', `The 'timeField' cannot contain a '.' character: ${timeField}`);
  }
  if (metaField?.includes('.') === true) {
    throw new MongoError('InvalidOptions', `The 'metaField' cannot contain a '.' character: ${metaField}`);
  }
  return document({ timeField, metaField, ...bucketSize(fields) });
}

interface BucketSize {
  readonly granularity?: Granularity;
  readonly bucketRoundingSeconds?: number;
  readonly bucketMaxSpanSeconds: number;
}

/** Either a granularity with the span that belongs to it, or a span of one's own, given twice. */
function bucketSize({ granularity, bucketMaxSpanSeconds, bucketRoundingSeconds }: TimeseriesChange): BucketSize {
  if (bucketRoundingSeconds === undefined) {
    const chosen = granularity ?? 'seconds';
    if (
      bucketMaxSpanSeconds !== undefined &&
      (granularity === undefined || bucketMaxSpanSeconds !== spanSeconds[chosen])
    )
      throw mismatchedSpan();
    return { granularity: chosen, bucketMaxSpanSeconds: spanSeconds[chosen] };
  }
  if (granularity !== undefined || bucketMaxSpanSeconds !== bucketRoundingSeconds) throw mismatchedSpan();
  return { bucketRoundingSeconds, bucketMaxSpanSeconds };
}

function mismatchedSpan(): MongoError {
  return new MongoError(
    'InvalidOptions',
    "'bucketMaxSpanSeconds' and 'bucketRoundingSeconds' must be given together, be equal, and stand without 'granularity'",
  );
}

/** The option with other buckets. Throws InvalidOptions where they would become smaller. */
export function changedTimeseriesOption(current: BsonDocument, change: TimeseriesChange): BsonDocument {
  const { granularity, bucketMaxSpanSeconds, bucketRoundingSeconds } = change;
  if (granularity === undefined && bucketMaxSpanSeconds === undefined && bucketRoundingSeconds === undefined)
    return current;
  const size = bucketSize(change);
  const before = current.get('bucketMaxSpanSeconds');
  invariant(typeof before === 'number', 'a stored time-series option has a span');
  if (size.bucketMaxSpanSeconds < before) {
    throw new MongoError('InvalidOptions', 'Invalid transition for timeseries: the span of a bucket can only grow');
  }
  const { timeField, metaField } = timeseriesOf(current);
  return document({ timeField, metaField, ...size });
}

/** What a stored option asks of documents. */
export function timeseriesOf(option: BsonDocument): Timeseries {
  const timeField = option.get('timeField');
  const metaField: Value | undefined = option.get('metaField');
  invariant(typeof timeField === 'string', 'a stored time-series option has a time field');
  return { timeField, metaField: typeof metaField === 'string' ? metaField : undefined };
}
