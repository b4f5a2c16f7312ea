import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { rowsOf } from './system-source.ts';

/** The cursors that are open on this server. */
export const $listLocalCursors: StageDefinition = {
  ...atStart,
  privilege: { action: 'listCursorMetadata', on: 'cluster' },
  namespace: 'admin',
  readConcern: 'local',
  inTransaction: false,
  parse(argument) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError('InvalidNamespace', '$listLocalCursors options must be specified in an object');
    }
    return rowsOf((execution) => execution.server.localCursors());
  },
};
