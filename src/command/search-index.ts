/** Search indexes belong to a hosted service that this server is not; MongoDB's own servers answer the same. */
import type { Action } from '../auth/action.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';

function refused(name: Action): Command {
  return {
    ...diagnostic,
    name,
    help: 'search indexes are not available on this server',
    privilege: { action: name, resource: 'collection' },
    run() {
      throw new MongoError(
        'SearchNotEnabled',
        'Using Atlas Search Database Commands and the $listSearchIndexes aggregation stage requires additional configuration: this server has no search.',
      );
    },
  };
}

export const createSearchIndexes = refused('createSearchIndexes');
export const dropSearchIndex = refused('dropSearchIndex');
export const updateSearchIndex = refused('updateSearchIndex');
export const listSearchIndexes = refused('listSearchIndexes');
