import { optional, string, structure } from '../../bson/structure.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { rowsOf } from './system-source.ts';

const parseOptions = structure('$listSampledQueries', { namespace: optional(string) });

/** Queries that were sampled for choosing a shard key. There are none, as none are sampled. */
export const $listSampledQueries: StageDefinition = {
  ...atStart,
  privilege: { action: 'listSampledQueries', on: 'cluster' },
  namespace: 'admin',
  readConcern: 'local',
  inTransaction: false,
  parse(argument) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError('Location6876000', '$listSampledQueries specification must be an object');
    }
    parseOptions(argument);
    return rowsOf(() => []);
  },
};
