/** What find, count, distinct, update and delete share: their query parsed against a collection and planned. */
import { BsonDocument, type Value } from '../../bson/value.ts';
import type { Collection } from '../../catalog/collection.ts';
import { CollectionQuery, type QueryRun } from '../../catalog/query.ts';
import { yieldToEvents } from '../../clock/clock.ts';
import { Scope } from '../../expression/expression.ts';
import { ParseContext, parseLet } from '../../expression/parse.ts';
import { limits } from '../../limits.ts';
import { type Collation, parseCollation } from '../../query/collation.ts';
import { type Filter, type FilterPlace, parseFilter } from '../../query/filter.ts';
import { type Plan, planQuery } from '../../query/plan.ts';
import { type Projection, parseProjection } from '../../query/projection.ts';
import { parseSort, type Sort } from '../../query/sort.ts';
import type { Operation } from '../../session/operation.ts';
import type { StorageTransaction } from '../../storage/engine.ts';
import { environmentOf } from '../environment.ts';
import type { Services } from '../services.ts';
import { allowsIndex, type IndexFilter, type IndexFilters } from './index-filters.ts';
import { shapeHash } from './query-shape.ts';

/** A query as a command or a statement carries it. */
export interface QuerySpecification {
  readonly filter?: BsonDocument | undefined;
  readonly sort?: BsonDocument | undefined;
  readonly projection?: BsonDocument | undefined;
  readonly hint?: Value | undefined;
  readonly min?: BsonDocument | undefined;
  readonly max?: BsonDocument | undefined;
  readonly collation?: BsonDocument | undefined;
  readonly let?: BsonDocument | undefined;
  readonly skip?: number | undefined;
  readonly limit?: number | undefined;
  readonly isCount?: boolean;
  readonly distinctPath?: string;
  readonly place?: FilterPlace;
}

export interface PreparedQuery {
  readonly filter: Filter;
  readonly sort: Sort | undefined;
  readonly projection: Projection | undefined;
  readonly collation: Collation | undefined;
  /** Variables of `let`, $$NOW and the like. */
  readonly scope: Scope;
  /** What expressions that stand beside the query (an update pipeline) may use. */
  readonly expressions: ParseContext;
  readonly specification: QuerySpecification;
  readonly indexFilters: IndexFilters;
}

/** Reads a query. The collection's collation holds where the command names none. */
export function prepareQuery(
  services: Services,
  operation: Operation,
  defaultCollation: Collation | undefined,
  specification: QuerySpecification,
): PreparedQuery {
  const named = specification.collation;
  const chosen = named === undefined || named.isEmpty() ? defaultCollation : parseCollation(named);
  const collation = chosen?.isSimple === true ? undefined : chosen;
  // count and distinct know no variables of the server (51144).
  const hasRuntimeVariables = specification.isCount !== true && specification.distinctPath === undefined;
  const environment = environmentOf(services, operation);
  const { watch } = environment;
  const outer = new ParseContext({ collation, hasRuntimeVariables, scripting: services.scripting, watch });
  const variables = specification.let === undefined ? undefined : parseLet(specification.let, outer);
  const expressions = variables?.context ?? outer;
  const scope = new Scope(environment, BsonDocument.empty);
  variables?.assign(scope, scope);
  const filter = parseFilter(specification.filter ?? BsonDocument.empty, {
    collation,
    expressions,
    place: specification.place ?? 'query',
  });
  return {
    filter,
    collation,
    scope,
    expressions,
    specification,
    indexFilters: services.indexFilters,
    sort: isGiven(specification.sort) ? parseSort(specification.sort, collation, filter.text) : undefined,
    projection: isGiven(specification.projection)
      ? parseProjection(specification.projection, { place: 'find', filter, collation, expressions })
      : undefined,
  };
}

function isGiven(document: BsonDocument | undefined): document is BsonDocument {
  return document !== undefined && !document.isEmpty();
}

/** The index filter that was set for queries of this shape; a hint does not help against it (manual, "Index Filters"). */
export function indexFilterOf(query: PreparedQuery, collection: Collection): IndexFilter | undefined {
  if (query.indexFilters.isEmpty) return undefined;
  return query.indexFilters.find(collection.namespace.full, shapeHash(query));
}

/** Plans a prepared query over a collection. */
export function planOf(query: PreparedQuery, collection: Collection): Plan {
  const { min, max, skip, limit, isCount, distinctPath } = query.specification;
  const indexFilter = indexFilterOf(query, collection);
  const hint = indexFilter === undefined ? query.specification.hint : undefined;
  const descriptors = collection.indexes.map(({ descriptor }) => descriptor);
  return planQuery(
    {
      filter: query.filter,
      sort: query.sort,
      projection: query.projection,
      hint,
      min,
      max,
      skip,
      limit,
      isCount,
      distinctPath,
    },
    indexFilter === undefined ? descriptors : descriptors.filter((descriptor) => allowsIndex(indexFilter, descriptor)),
  );
}

/** A planned query, ready to bring records. */
export function openQuery(
  services: Services,
  query: PreparedQuery,
  collection: Collection,
  plan: Plan,
  { allowsDiskUse = true }: { allowsDiskUse?: boolean } = {},
): CollectionQuery {
  return new CollectionQuery({
    collection,
    plan,
    filter: query.filter,
    sort: query.sort,
    skip: query.specification.skip ?? 0,
    limit: query.specification.limit ?? 0,
    scope: query.scope,
    allowsDiskUse,
    keyBytes: services.writing.keyBytes,
  });
}

/** What a query needs of this operation and storage transaction. */
export function queryRun(services: Services, operation: Operation, transaction: StorageTransaction): QueryRun {
  let startedMs = services.clock.monotonicMs();
  return {
    transaction,
    checkInterrupt: () => operation.checkInterrupt(),
    pause: () => {
      if (services.clock.monotonicMs() - startedMs < limits.sliceMs) return undefined;
      return yieldToEvents().then(() => {
        startedMs = services.clock.monotonicMs();
      });
    },
  };
}
