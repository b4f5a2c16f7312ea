/** What a plan is made of: where records come from, in which order, and what that answers. */
import type { BsonDocument } from '../../bson/value.ts';
import type { IndexDescriptor } from '../index-descriptor.ts';
import type { IndexRange } from './candidate.ts';

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
  /** The record under exactly this key of a unique index, if any. */
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
