import { bool, optional, structure } from '../../bson/structure.ts';
import { BsonDocument } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { refuseNullBools } from '../strict-options.ts';
import { rowsOf } from './system-source.ts';

const parseOptions = structure('$querySettings', { showDebugQueryShape: optional(bool) });

/** Query settings. There are none, as nothing sets them. */
export const $querySettings: StageDefinition = {
  ...atStart,
  privilege: { action: 'querySettings', on: 'cluster' },
  namespace: 'admin',
  readConcern: 'local',
  inTransaction: false,
  parse(argument) {
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError(
        'Location7746800',
        `$querySettings stage expects a document as argument, not ${typeName(argument)}`,
      );
    }
    refuseNullBools(argument, '$querySettings', ['showDebugQueryShape']);
    parseOptions(argument);
    return rowsOf(() => []);
  },
};
