import { databaseResource } from '../../auth/resource.ts';
import { bool, optional, structure } from '../../bson/structure.ts';
import { BsonDocument } from '../../bson/value.ts';
import { typeName } from '../../bson/value-type.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StageDefinition } from '../stage.ts';
import { atStart } from '../stage-policy.ts';
import { catalogRights } from '../stage-privilege.ts';
import { refuseNullBools } from '../strict-options.ts';
import { rowsOf } from './system-source.ts';

const parseOptions = structure('$listClusterCatalog', {
  shards: optional(bool),
  tracked: optional(bool),
  balancingConfiguration: optional(bool),
});

/** One row for each collection and view: of the database, or of all where it is run on `admin`. */
export const $listClusterCatalog: StageDefinition = {
  ...atStart,
  privilege: 'none',
  namespace: 'database',
  readConcern: 'local',
  inTransaction: false,
  requires: (_, { database }) => catalogRights(database === 'admin' ? undefined : databaseResource(database)),
  parse(argument, context) {
    if (context.namespace !== undefined) {
      throw new MongoError('Location9621301', '$listClusterCatalog must be run with {aggregate: 1}');
    }
    if (!(argument instanceof BsonDocument)) {
      throw new MongoError(
        'Location9621302',
        `$listClusterCatalog must take a nested object but found: ${typeName(argument)}`,
      );
    }
    refuseNullBools(argument, '$listClusterCatalog', ['shards', 'tracked', 'balancingConfiguration']);
    const { balancingConfiguration = false, shards = false, tracked = false } = parseOptions(argument);
    const { database } = context.options;
    return rowsOf((execution) =>
      execution.server.catalogEntries(database === 'admin' ? undefined : database, {
        balancingConfiguration,
        shards,
        tracked,
      }),
    );
  },
};
