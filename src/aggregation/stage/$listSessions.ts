import { MongoError } from '../../error/mongo-error.ts';
import { parseListSessions } from '../list-sessions-argument.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { rowsOf } from './system-source.ts';

/** The sessions that config.system.sessions records. */
export const $listSessions: StageDefinition = {
  ...atStart,
  privilege: 'none',
  readConcern: 'local',
  inTransaction: false,
  parse(argument, context) {
    const { namespace } = context;
    if (namespace?.database !== 'config' || namespace.collection !== 'system.sessions') {
      throw new MongoError('InvalidNamespace', '$listSessions may only be run against config.system.sessions');
    }
    const options = parseListSessions(argument, '$listSessions');
    return rowsOf((execution) => execution.server.sessions(options));
  },
};
