import { toDouble } from '../../bson/number.ts';
import { any, bool, object, optional, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Namespace } from '../collection.ts';
import type { CollStatsOptions } from '../server-state.ts';
import type { Execution } from '../source.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { rowsOf } from './system-source.ts';

const parseParts = structure('$collStats', {
  latencyStats: optional(object),
  storageStats: optional(object),
  count: optional(object),
  queryExecStats: optional(object),
  targetAllNodes: optional(bool),
  operationStats: optional(object),
});

const parseLatency = structure('$collStats.latencyStats', { histograms: optional(bool) });
const parseStorage = structure('$collStats.storageStats', {
  scale: optional(any),
  verbose: optional(bool),
  waitForLock: optional(bool),
  numericOnly: optional(bool),
});

/** Statistics of a collection. */
export const $collStats: StageDefinition = {
  ...atStart,
  inTransaction: false,
  inStableApi: true,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError('Location5447000', `$collStats must take a nested object but found: ${typeName(argument)}`);
    }
    const options = parseOptions(argument);
    const namespace = requireNamespace(context);
    return rowsOf(async (execution) => {
      await checkCollection(namespace, options, execution);
      return execution.server.collectionStatistics(namespace, options);
    });
  },
};

/** The collection that a stage at the start of a pipeline shows something of. */
export function requireNamespace({ namespace, options }: PipelineContext): Namespace {
  return namespace ?? { database: options.database, collection: '$cmd.aggregate' };
}

function parseOptions(argument: BsonDocument): CollStatsOptions {
  for (const [name, value] of argument.entries()) checkPart(name, value);
  const { count, latencyStats, queryExecStats, storageStats } = parseParts(argument);
  return {
    latencyStats:
      latencyStats === undefined ? undefined : { histograms: parseLatency(latencyStats).histograms ?? false },
    storageStats: storageStats === undefined ? undefined : { scale: requireScale(parseStorage(storageStats).scale) },
    count: count !== undefined,
    queryExecStats: queryExecStats !== undefined,
  };
}

/** Checks each part where it stands, so that the first one that is wrong is the one that is told. */
function checkPart(name: string, value: Value): void {
  if (!(value instanceof BsonDocument)) return;
  if (name === 'latencyStats') parseLatency(value);
  if (name === 'storageStats') requireScale(parseStorage(value).scale);
  if ((name === 'count' || name === 'queryExecStats') && !value.isEmpty()) {
    throw new MongoError('Location31170', `'${name}' field must contain an empty object`);
  }
}

function requireScale(value: Value | undefined): number {
  if (value === undefined) return 1;
  if (!isNumeric(value)) {
    throw new MongoError(
      'TypeMismatch',
      `BSON field '$collStats.storageStats.scale' is the wrong type '${typeName(value)}', expected types '[long, int, decimal, double]'`,
    );
  }
  const scale = Math.trunc(toDouble(value));
  if (scale >= 1) return scale;
  throw new MongoError('Location51024', `BSON field 'scale' value must be >= 1, actual value '${scale}'`);
}

async function checkCollection(namespace: Namespace, options: CollStatsOptions, execution: Execution): Promise<void> {
  const asksForData = options.storageStats !== undefined || options.count || options.queryExecStats;
  if (!asksForData) return;
  const { kind } = await execution.reader.describe(namespace);
  const name = `${namespace.database}.${namespace.collection}`;
  if (kind === 'missing') {
    throw new MongoError(
      'NamespaceNotFound',
      `Unable to retrieve statistics in $collStats stage :: caused by :: Collection [${name}] not found.`,
    );
  }
  if (kind === 'view') throw new MongoError('CommandNotSupportedOnView', `${name} is a view, not a collection`);
}
