import { toDouble } from '../bson/number.ts';
import {
  any,
  anyOf,
  array,
  bool,
  integral,
  lenientBool,
  nonNegative,
  object,
  optional,
  required,
  structure,
} from '../bson/structure.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import { isNumeric, typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { snapshotRead } from './policy.ts';
import { type Aggregation, runAggregation } from './read/run-aggregation.ts';

const parse = commandArguments('aggregate', {
  aggregate: required(any),
  pipeline: required(array),
  explain: optional(bool),
  allowDiskUse: optional(bool),
  cursor: optional(object),
  bypassDocumentValidation: optional(lenientBool),
  collation: optional(object),
  hint: optional(anyOf('string', 'object')),
  let: optional(object),
  maxTimeMS: optional(integral),
  passthroughToShard: optional(object),
  rawData: optional(bool),
});

const parseCursor = structure('aggregate.cursor', { batchSize: optional(nonNegative) });

export type AggregateArguments = ReturnType<typeof parse>;

/** Reads and checks the arguments of aggregate; explain reads them too. */
export function parseAggregate(body: BsonDocument): AggregateArguments & { readonly aggregation: Aggregation } {
  const parsed = parse(body);
  if (parsed.cursor === undefined && parsed.explain !== true) {
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
    },
  };
}

function collectionOf(target: Value): string | undefined {
  if (typeof target === 'string') return target;
  if (isNumeric(target) && toDouble(target) === 1) return undefined;
  if (isNumeric(target)) {
    throw new MongoError(
      'FailedToParse',
      `Invalid command format: the 'aggregate' field must specify a collection name or 1`,
    );
  }
  throw new MongoError('TypeMismatch', `collection name has invalid type ${typeName(target)}`);
}

/** aggregate: the results of a pipeline (manual, "aggregate"). */
export const aggregate: Command = {
  ...snapshotRead,
  name: 'aggregate',
  help: 'run an aggregation pipeline',
  allowsWriteConcern: true,
  async run(operation, request, services) {
    const parsed = parseAggregate(request.body);
    const batchSize = parsed.cursor === undefined ? undefined : parseCursor(parsed.cursor).batchSize;
    return runAggregation(services, operation, request.body, parsed.aggregation, batchSize);
  },
};
