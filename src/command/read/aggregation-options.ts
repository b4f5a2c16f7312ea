import type { AggregationOptions } from '../../aggregation/options.ts';
import { document } from '../../bson/literal.ts';
import type { BsonDocument, Value } from '../../bson/value.ts';
import type { Collation } from '../../query/collation.ts';
import type { Operation } from '../../session/operation.ts';
import { environmentOf } from '../environment.ts';
import type { Services } from '../services.ts';

export interface RequestedAggregation {
  readonly collection: string | undefined;
  readonly collation: Collation | undefined;
  readonly let: BsonDocument | undefined;
  readonly isExplain?: boolean;
  readonly bypassDocumentValidation?: boolean;
  readonly isStrictApi?: boolean;
}

/** What a pipeline of this operation knows before it is read. */
export function aggregationOptions(
  services: Services,
  operation: Operation,
  requested: RequestedAggregation,
): AggregationOptions {
  const { now, clusterTime, randomness, scripts, watch } = environmentOf(services, operation);
  return {
    database: operation.database,
    collection: requested.collection,
    collation: requested.collation,
    let: requested.let,
    now,
    clusterTime,
    userRoles: userRolesOf(services, operation),
    randomness,
    scripts,
    watch,
    scripting: services.scripting,
    isInTransaction: operation.mode === 'transaction',
    isStrictApi: requested.isStrictApi ?? false,
    isExplain: requested.isExplain ?? false,
    readConcernLevel: operation.readConcern.level,
    bypassDocumentValidation: requested.bypassDocumentValidation ?? false,
  };
}

/** $$USER_ROLES: the roles of whoever runs the pipeline, with those that they hold; undefined where nobody needs one. */
function userRolesOf({ authority }: Services, { client }: Operation): Value | undefined {
  if (!authority.isEnforced) return undefined;
  return authority.rolesOf(client).map(({ role, db }) => document({ _id: `${db}.${role}`, role, db }));
}
