import { MongoError } from '../../error/mongo-error.ts';
import { parseListSessions } from '../list-sessions-argument.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { rowsOf } from './system-source.ts';

/** The sessions that this server has in memory. */
export const $listLocalSessions: StageDefinition = {
  ...atStart,
  privilege: 'none',
  namespace: 'database',
  readConcern: 'local',
  inTransaction: false,
  parse(argument, context) {
    if (context.namespace !== undefined) {
      throw new MongoError(
        'InvalidNamespace',
        '$listLocalSessions must be run against the database with {aggregate: 1}',
      );
    }
    const options = parseListSessions(argument, '$listLocalSessions');
    return rowsOf((execution) => execution.server.localSessions(options));
  },
};
