import { collectionResource } from '../../auth/resource.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { catalogRights } from '../stage-privilege.ts';
import { rowsOf } from './system-source.ts';

/** The catalog's own records of a collection, or of all where it is run with `aggregate: 1` on `admin`. */
export const $listCatalog: StageDefinition = {
  ...atStart,
  privilege: 'none',
  namespace: 'any',
  readConcern: 'local',
  inTransaction: false,
  requires: (_, { database, collection }) =>
    catalogRights(collection === undefined ? undefined : collectionResource(database, collection)),
  parse(argument, context) {
    if (!(argument instanceof BsonDocument) || !argument.isEmpty()) {
      throw new MongoError('Location6200600', 'The $listCatalog stage specification must be an empty object');
    }
    const { namespace } = context;
    return rowsOf((execution) => execution.server.catalogRecords(namespace));
  },
};
