import { BsonDocument } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { rowsOf } from './system-source.ts';

/** Statistics of query shapes. There are none, as none are kept. */
export const $queryStats: StageDefinition = {
  ...atStart,
  privilege: { action: 'queryStatsRead', on: 'cluster' },
  namespace: 'admin',
  readConcern: 'local',
  inTransaction: false,
  parse(argument) {
    if (argument instanceof BsonDocument) return rowsOf(() => []);
    throw new MongoError('FailedToParse', `$queryStats value must be an object. Found: ${typeName(argument)}`);
  },
};
