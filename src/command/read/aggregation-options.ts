import type { AggregationOptions } from '../../aggregation/options.ts';
import type { BsonDocument } from '../../bson/value.ts';
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
  const { now, clusterTime, randomness } = environmentOf(services, operation);
  return {
    database: operation.database,
    collection: requested.collection,
    collation: requested.collation,
    let: requested.let,
    now,
    clusterTime,
    userRoles: undefined,
    randomness,
    isInTransaction: operation.mode === 'transaction',
    isStrictApi: requested.isStrictApi ?? false,
    isExplain: requested.isExplain ?? false,
    readConcernLevel: operation.readConcern.level,
    bypassDocumentValidation: requested.bypassDocumentValidation ?? false,
  };
}
