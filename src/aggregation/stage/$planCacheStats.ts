import { BsonDocument, type Value } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { collectionBehind, requireNamespace } from './$collStats.ts';
import { rowsOf } from './system-source.ts';

/** The plans that are kept for a collection's queries. */
export const $planCacheStats: StageDefinition = {
  ...atStart,
  privilege: { action: 'planCacheRead', on: 'namespace' },
  readConcern: 'local',
  inTransaction: false,
  parse(argument, context) {
    checkArgument(argument);
    const namespace = requireNamespace(context);
    return rowsOf(async (execution) => {
      const collection = await collectionBehind('$planCacheStats', namespace, execution, ['view', 'timeseries']);
      const { kind } = await execution.reader.describe(collection);
      if (kind === 'missing') {
        throw new MongoError(
          'Location50933',
          `collection '${namespace.database}.${namespace.collection}' does not exist`,
        );
      }
      return execution.server.planCacheEntries(collection);
    });
  },
};

function checkArgument(argument: Value): void {
  if (!(argument instanceof BsonDocument)) {
    throw new MongoError('FailedToParse', `$planCacheStats value must be an object. Found: ${typeName(argument)}`);
  }
  let hasAllHosts = false;
  for (const [name, value] of argument.entries()) {
    if (name !== 'allHosts' || hasAllHosts) {
      throw new MongoError(
        'FailedToParse',
        `$planCacheStats parameters object may contain only 'allHosts', once. Found: ${name}`,
      );
    }
    if (typeof value !== 'boolean') {
      throw new MongoError('Location13111', `'allHosts' of $planCacheStats must be a bool, not ${typeName(value)}`);
    }
    hasAllHosts = true;
  }
  if (argument.get('allHosts') === true) {
    throw new MongoError(
      'Location4503200',
      '$planCacheStats stage supports allHosts parameter only for sharded clusters',
    );
  }
}
