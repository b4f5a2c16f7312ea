/** How a query is answered: which index, which ranges of its keys, what is left to do with the records. Pure. */
import { document } from '../bson/literal.ts';
import { encodeKeyPart } from '../bson/ordered-key.ts';
import { ObjectId } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Filter } from './filter.ts';
import type { IndexDescriptor } from './index-descriptor.ts';
import type { Projection } from './projection.ts';
import type { Sort } from './sort.ts';

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

/** Keys from `lower` on and below `upper`; an index entry of a non-unique index has its RecordId behind its key. */
export interface IndexRange {
  readonly lower: string;
  /** Absent: to the end. */
  readonly upper: string | undefined;
}

/** One index and the ranges of it that are read, in the order in which they are read. */
export interface IndexScan {
  readonly kind: 'indexScan';
  readonly index: IndexDescriptor;
  /** Disjoint, in the order of the scan (descending when `direction` is -1). */
  readonly ranges: readonly IndexRange[];
  readonly direction: 1 | -1;
  /** Bounds as explain shows them: path → intervals. */
  readonly bounds: BsonDocument;
  /** A record can come more than once. */
  readonly needsDedupe: boolean;
}

export type Access =
  | { readonly kind: 'empty' }
  | { readonly kind: 'collectionScan'; readonly direction: 1 | -1 }
  /** Records with exactly these `_id` keys; at most one each. */
  | { readonly kind: 'idPoint'; readonly index: IndexDescriptor; readonly key: string }
  | IndexScan
  /** The records of all branches, each once. With `mergeSort` the branches come sorted and are merged by the query's sort. */
  | { readonly kind: 'union'; readonly branches: readonly IndexScan[]; readonly mergeSort: boolean };

/** A way to answer a query. */
export interface Plan {
  readonly access: Access;
  /** Documents come in the order of the query's sort already. */
  readonly isSorted: boolean;
  /** The keys that are read are exactly those of matching documents: counting needs no documents. */
  readonly isExact: boolean;
  /** The projection could be made from keys. Types of numbers are not in keys, so documents are read all the same. */
  readonly isCovered: boolean;
  /** `winningPlan` of explain. */
  explain(): BsonDocument;
}

/** Plans a query over a collection with these indexes. */
export function planQuery(query: QueryToPlan, indexes: readonly IndexDescriptor[]): Plan {
  const natural = query.sort?.natural ?? 1;
  const id = idEquality(query.filter);
  const idIndex = indexes.find(({ name }) => name === '_id_');
  const access: Access =
    id !== undefined && idIndex !== undefined && query.hint === undefined
      ? { kind: 'idPoint', index: idIndex, key: encodeKeyPart(id, false, idIndex.collation) }
      : { kind: 'collectionScan', direction: natural };
  return {
    access,
    isSorted: query.sort === undefined || query.sort.natural !== undefined,
    isExact: false,
    isCovered: false,
    explain: () => document({ stage: access.kind === 'idPoint' ? 'IDHACK' : 'COLLSCAN' }),
  };
}

function idEquality({ specification }: Filter): Value | undefined {
  const value = specification.get('_id');
  const isPlain = typeof value === 'string' || typeof value === 'number' || value instanceof ObjectId;
  return isPlain ? value : undefined;
}
