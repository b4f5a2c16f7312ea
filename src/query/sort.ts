import type { Value } from '../bson/value.ts';
import { BsonDocument } from '../bson/value.ts';
import { invariant } from '../error/invariant.ts';
import type { Collation } from './collation.ts';

/** One field of a sort, in order. */
export interface SortField {
  readonly path: string;
  readonly isDescending: boolean;
  /** `{$meta: …}` instead of a direction. */
  readonly meta?: string;
}

/** A parsed sort. */
export interface Sort {
  readonly specification: BsonDocument;
  readonly fields: readonly SortField[];
  readonly collation: Collation | undefined;
  /** `{$natural: ±1}`; then `fields` is empty. */
  readonly natural: 1 | -1 | undefined;
  /** A string that orders like the documents: smaller keys first, equal keys for ties. */
  keyOf(document: BsonDocument): string;
  /** Negative, zero or positive as `left` comes before, with or after `right`. */
  compare(left: BsonDocument, right: BsonDocument): number;
}

/** Reads a sort; throws what MongoDB throws for it. */
export function parseSort(specification: BsonDocument, collation?: Collation | undefined): Sort {
  invariant(false, `no sorts yet ${specification.size()} ${collation === undefined}`);
}

/** Orders bare values as $push's `$sort: 1` and $sortArray do. */
export function compareForSort(left: Value | undefined, right: Value | undefined, collation?: Collation): number {
  invariant(false, `no order yet ${String(left)} ${String(right)} ${collation === undefined} ${BsonDocument.name}`);
}
