import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { collectionBehind, requireNamespace } from './$collStats.ts';
import { rowsOf } from './system-source.ts';

/** One row for each index of a collection: what it is and how often it was used. */
export const $indexStats: StageDefinition = {
  ...atStart,
  privilege: { action: 'indexStats', on: 'namespace' },
  inTransaction: false,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument) || !argument.isEmpty()) {
      throw new MongoError('Location28803', 'The $indexStats stage specification must be an empty object');
    }
    const namespace = requireNamespace(context);
    return rowsOf(async (execution) => {
      const collection = await collectionBehind('$indexStats', namespace, execution, ['view']);
      return execution.server.indexStatistics(collection);
    });
  },
};
