import { toDouble } from '../../bson/number.ts';
import { any, bool, object, optional, structure } from '../../bson/structure.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish, isNumeric, typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Namespace } from '../collection.ts';
import type { CollStatsOptions } from '../server-state.ts';
import type { Execution } from '../source.ts';
import type { PipelineContext, StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { refuseNullBools } from '../strict-options.ts';
import { rowsOf } from './system-source.ts';

const parseLatency = structure('$collStats.latencyStats', { histograms: optional(bool) });
const parseStorage = structure('$collStats.storageStats', { scale: optional(any) }, { isOpen: true });

/** Statistics of a collection. */
export const $collStats: StageDefinition = {
  ...atStart,
  privilege: { action: 'collStats', on: 'namespace' },
  inTransaction: false,
  inStableApi: true,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError('Location5447000', `$collStats must take a nested object but found: ${typeName(argument)}`);
    }
    const options = parseOptions(argument);
    if (context.options.isStrictApi) checkStrict(options);
    const namespace = requireNamespace(context);
    return rowsOf(async (execution) => {
      await checkCollection(namespace, options, execution);
      return execution.server.collectionStatistics(namespace, options);
    });
  },
};

/** Only the count is in the Stable API. */
function checkStrict({ latencyStats, queryExecStats, storageStats }: CollStatsOptions): void {
  if (latencyStats === undefined && storageStats === undefined && !queryExecStats) return;
  throw new MongoError('APIStrictError', "only the 'count' option to $collStats is supported in API Version 1");
}

/** The collection that a stage at the start of a pipeline shows something of. */
export function requireNamespace({ namespace, options }: PipelineContext): Namespace {
  return namespace ?? { database: options.database, collection: '$cmd.aggregate' };
}

/**
 * The collection that a stage shows which must stand first: that under a view without stages of its own. Throws
 * Location40602 where the view, or a time-series collection as `kinds` says, puts stages before it.
 */
export async function collectionBehind(
  stage: string,
  namespace: Namespace,
  execution: Execution,
  kinds: readonly ('view' | 'timeseries')[],
): Promise<Namespace> {
  const description = await execution.reader.describe(namespace);
  if (description.kind === 'view' && description.stages.length === 0) return description.on;
  if (!kinds.some((kind) => kind === description.kind)) return namespace;
  throw new MongoError('Location40602', `${stage} is only valid as the first stage in a pipeline`);
}

/** Each part is checked where it stands; one that comes twice, or as null, does no harm. */
function parseOptions(argument: BsonDocument): CollStatsOptions {
  let options: CollStatsOptions = {
    latencyStats: undefined,
    storageStats: undefined,
    count: false,
    queryExecStats: false,
  };
  for (const [name, value] of argument.entries()) options = { ...options, ...parsePart(name, value) };
  return options;
}

const parts: ReadonlySet<string> = new Set(['latencyStats', 'storageStats', 'count', 'queryExecStats']);

function parsePart(name: string, value: Value): Partial<CollStatsOptions> {
  const path = `$collStats.${name}`;
  if (!parts.has(name)) throw new MongoError('IDLUnknownField', `BSON field '${path}' is an unknown field.`);
  if (isNullish(value)) return {};
  const part = object(value, path);
  if (name === 'latencyStats') refuseNullBools(part, path, ['histograms']);
  if (name === 'latencyStats') return { latencyStats: { histograms: parseLatency(part).histograms ?? false } };
  if (name === 'storageStats') return { storageStats: { scale: requireScale(parseStorage(part).scale) } };
  if (!part.isEmpty()) throw new MongoError('Location31170', `'${name}' field must contain an empty object`);
  return { [name]: true };
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
