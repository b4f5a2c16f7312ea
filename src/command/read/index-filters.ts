/**
 * Index filters (manual, "Index Filters"): for queries of one shape, the only indexes that the planner may look at. They
 * are kept in memory for as long as the server runs, as MongoDB keeps them.
 */
import { valuesEqual } from '../../bson/compare.ts';
import { document } from '../../bson/literal.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { IndexDescriptor } from '../../query/index-descriptor.ts';

/** One filter of one collection. */
export interface IndexFilter {
  /** Name of the shape of the queries that it holds for. */
  readonly shape: string;
  readonly query: BsonDocument;
  readonly sort: BsonDocument;
  readonly projection: BsonDocument;
  readonly collation: BsonDocument | undefined;
  /** Names and key patterns of the indexes that are left. */
  readonly indexes: readonly (string | BsonDocument)[];
}

export class IndexFilters {
  readonly #byNamespace = new Map<string, Map<string, IndexFilter>>();

  /** Whether there is none at all, which is the rule. */
  get isEmpty(): boolean {
    return this.#byNamespace.size === 0;
  }

  find(namespace: string, shape: string): IndexFilter | undefined {
    return this.#byNamespace.get(namespace)?.get(shape);
  }

  /** Takes the place of an earlier filter of the same shape. */
  set(namespace: string, filter: IndexFilter): void {
    const filters = this.#byNamespace.get(namespace) ?? new Map<string, IndexFilter>();
    filters.set(filter.shape, filter);
    this.#byNamespace.set(namespace, filters);
  }

  list(namespace: string): readonly IndexFilter[] {
    return [...(this.#byNamespace.get(namespace)?.values() ?? [])];
  }

  /** Removes the filter of a shape, or without one all filters of the collection. */
  clear(namespace: string, shape?: string): void {
    const filters = this.#byNamespace.get(namespace);
    if (shape !== undefined) filters?.delete(shape);
    if (shape === undefined || filters?.size === 0) this.#byNamespace.delete(namespace);
  }
}

/** As planCacheListFilters shows it. */
export function describeIndexFilter({ query, sort, projection, collation, indexes }: IndexFilter): BsonDocument {
  return document({ query, sort, projection, collation, indexes: [...indexes] });
}

/** Whether the filter leaves this index to the planner. */
export function allowsIndex({ indexes }: IndexFilter, { name, keyPattern }: IndexDescriptor): boolean {
  return indexes.some((allowed) => (typeof allowed === 'string' ? allowed === name : valuesEqual(allowed, keyPattern)));
}
