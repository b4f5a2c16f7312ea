import { integral, oneOf, optional, required, string, structure } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';

const parseFields = structure('$out.timeseries', {
  timeField: required(string),
  metaField: optional(string),
  granularity: optional(oneOf('seconds', 'minutes', 'hours')),
  bucketMaxSpanSeconds: optional(integral),
  bucketRoundingSeconds: optional(integral),
});

/** Checks the form of `timeseries` options and gives them back as they are; what they may say, creating decides. */
export function parseTimeseries(options: BsonDocument): BsonDocument {
  parseFields(options);
  return options;
}
