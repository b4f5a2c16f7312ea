import type { Value } from '../bson/value.ts';
import type { Scope } from '../expression/expression.ts';
import type { Collation } from '../query/collation.ts';
import type { Filter } from '../query/filter.ts';
import type { Sort } from '../query/sort.ts';

/** A database and a collection in it. */
export interface Namespace {
  readonly database: string;
  readonly collection: string;
}

/** What a pipeline wants of a collection. Whoever opens the source does all of it, in this order, by index where one fits. */
export interface LeadingQuery {
  /** Absent: every document. */
  readonly filter?: Filter | undefined;
  /** Values of the variables that the filter reads. */
  readonly scope: Scope;
  readonly sort?: Sort | undefined;
  readonly skip?: number | undefined;
  readonly limit?: number | undefined;
}

/** What a namespace is. A view comes resolved: the collection at its bottom and the stages of all views on the way up. */
export type NamespaceDescription =
  | { readonly kind: 'missing' }
  | { readonly kind: 'collection'; readonly collation: Collation | undefined; readonly isCapped: boolean }
  | { readonly kind: 'timeseries'; readonly collation: Collation | undefined }
  | {
      readonly kind: 'view';
      readonly collation: Collation | undefined;
      readonly on: Namespace;
      readonly stages: readonly Value[];
    };

/** A unique index that tells which documents of $merge belong together. */
export interface UniqueIndex {
  readonly isSparse: boolean;
}

/** A field of an index on places. */
export interface GeoIndex {
  readonly path: string;
  readonly kind: '2d' | '2dsphere';
}
