import type { BsonDocument, Value } from '../bson/value.ts';
import type { Filter } from './filter.ts';
import type { Projection } from './projection.ts';
import type { Sort } from './sort.ts';

/** What the planner is asked: the query, and what of it is wanted. */
export interface QueryToPlan {
  readonly filter: Filter;
  readonly sort?: Sort | undefined;
  readonly projection?: Projection | undefined;
  readonly skip?: number | undefined;
  readonly limit?: number | undefined;
  /** Index name, key pattern or `{$natural: ±1}`. Throws BadValue where no such index is there. */
  readonly hint?: Value | undefined;
  /** Bounds of find's `min` and `max`; they need a hint. */
  readonly min?: BsonDocument | undefined;
  readonly max?: BsonDocument | undefined;
  /** Only the number of documents is asked for (COUNT_SCAN). */
  readonly isCount?: boolean | undefined;
  /** Only the values of this path are asked for (DISTINCT_SCAN). */
  readonly distinctPath?: string | undefined;
}
