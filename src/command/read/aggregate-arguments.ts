import { toDouble } from '../../bson/number.ts';
import {
  any,
  array,
  bool,
  integral,
  lenientBool,
  object,
  optional,
  optionalNotNull,
  requiredNotNull,
} from '../../bson/structure.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import { commandArguments } from '../arguments.ts';
import { hint } from './hint.ts';
import type { Aggregation } from './run-aggregation.ts';

const parse = commandArguments('aggregate', {
  aggregate: requiredNotNull(any),
  pipeline: requiredNotNull(array),
  explain: optional(bool),
  allowDiskUse: optional(bool),
  cursor: optional(object),
  bypassDocumentValidation: optional(lenientBool),
  collation: optional(object),
  hint: optionalNotNull(hint),
  let: optional(object),
  maxTimeMS: optional(integral),
  passthroughToShard: optional(object),
  rawData: optional(bool),
});

export type AggregateArguments = ReturnType<typeof parse>;

/** Reads and checks the arguments of aggregate; explain reads them too. */
export function parseAggregate(
  body: BsonDocument,
  isExplained = false,
): AggregateArguments & { readonly aggregation: Aggregation } {
  const parsed = parse(body);
  if (parsed.cursor === undefined && parsed.explain !== true && !isExplained) {
    throw new MongoError(
      'FailedToParse',
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  }
  return {
    ...parsed,
    aggregation: {
      collection: collectionOf(parsed.aggregate),
      pipeline: parsed.pipeline,
      collation: parsed.collation,
      hint: parsed.hint,
      let: parsed.let,
      bypassDocumentValidation: parsed.bypassDocumentValidation ?? false,
      isExplain: parsed.explain ?? false,
      isStrictApi: body.get('apiStrict') === true,
    },
  };
}

function collectionOf(target: Value): string | undefined {
  if (typeof target === 'string') return target;
  if (isNumeric(target) && toDouble(target) === 1) return undefined;
  if (isNumeric(target)) {
    throw new MongoError(
      'BadValue',
      "Invalid command format: the 'aggregate' field must specify a collection name or 1",
    );
  }
  throw new MongoError('InvalidNamespace', `collection name has invalid type ${typeName(target)}`);
}
