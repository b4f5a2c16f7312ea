import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { rowsOf } from './system-source.ts';

/** The catalog's own records of a collection, or of all where it is run with `aggregate: 1` on `admin`. */
export const $listCatalog: StageDefinition = {
  ...atStart,
  namespace: 'any',
  readConcern: 'local',
  inTransaction: false,
  parse(argument, context) {
    if (!(argument instanceof BsonDocument) || !argument.isEmpty()) {
      throw new MongoError('Location6200600', 'The $listCatalog stage specification must be an empty object');
    }
    const { namespace } = context;
    return rowsOf((execution) => execution.server.catalogRecords(namespace));
  },
};
