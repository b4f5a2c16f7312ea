import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';

/** Search indexes belong to a hosted service that this server is not; MongoDB's own servers answer the same. */
export const $listSearchIndexes: StageDefinition = {
  ...atStart,
  privilege: { action: 'listSearchIndexes', on: 'namespace' },
  namespace: 'collection',
  inTransaction: false,
  parse() {
    throw new MongoError(
      'SearchNotEnabled',
      'Using Atlas Search Database Commands and the $listSearchIndexes aggregation stage requires additional configuration: this server has no search.',
    );
  },
};
