/**
 * Filters: the query language's predicates, parsed once into a tree of nodes that test BSON bytes in place.
 *
 *   { a: { $gt: 1 }, $or: […] }  ─ parse ─►  FilterNode (data, for the planner)  ─ compile ─►  Matcher (bytes → boolean)
 */
import type { BsonDocument, Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { invariant } from '../error/invariant.ts';
import type { Scope } from '../expression/expression.ts';
import type { ParseContext } from '../expression/parse.ts';
import type { Collation } from './collation.ts';

/** Where a filter stands, which decides what it may use. */
export type FilterPlace =
  | 'query'
  | 'match'
  | 'validator'
  | 'partialFilter'
  | 'arrayFilter'
  | 'update'
  | 'elemMatchProjection';

export interface FilterContext {
  /** Absent: strings by bytes. */
  readonly collation?: Collation | undefined;
  /** What $expr knows: variables of `let`. Absent: no variables; its collation is then the filter's. */
  readonly expressions?: ParseContext | undefined;
  /** Default `query`. */
  readonly place?: FilterPlace;
  readonly isStrictApi?: boolean;
}

/** A parsed filter. Immutable; used for any number of documents. */
export class Filter {
  readonly specification: BsonDocument;
  readonly collation: Collation | undefined;

  constructor(specification: BsonDocument, collation: Collation | undefined) {
    this.specification = specification;
    this.collation = collation;
  }

  /** Whether the filter is `{}`. */
  get isEmpty(): boolean {
    return this.specification.isEmpty();
  }

  /** Whether the document in these bytes matches. `scope` gives $expr its variables; without one they are missing. */
  matches(bytes: Buffer, scope?: Scope): boolean {
    invariant(false, `no matching yet of ${bytes.length} bytes ${scope === undefined}`);
  }

  /** As `matches`, for a document in any form. */
  matchesDocument(document: BsonDocument, scope?: Scope): boolean {
    return this.matches(encodeDocument(document), scope);
  }

  /** Index of the array element that made the document match, for the positional `$`; undefined where none did. */
  arrayPosition(bytes: Buffer, scope?: Scope): number | undefined {
    invariant(false, `no position yet in ${bytes.length} bytes ${scope === undefined}`);
  }

  /** Paths that the filter pins to one value, for upserts. Throws NotSingleValueField where a path is pinned twice. */
  equalities(): ReadonlyMap<string, Value> {
    invariant(false, 'no equalities yet');
  }
}

/** Reads a filter; throws what MongoDB throws for it. */
export function parseFilter(specification: BsonDocument, context: FilterContext = {}): Filter {
  return new Filter(specification, context.collation);
}

/** A condition on one value (an array's element): `$pull`, positional filters. */
export interface ValueFilter {
  matches(value: Value | undefined, scope?: Scope): boolean;
}

/**
 * Reads the condition of `$pull`: a document of operators tests the value itself, another document the fields of a
 * value that is a document, anything else equals the value (a regular expression matches it).
 */
export function parseValueFilter(condition: Value, context: FilterContext = {}): ValueFilter {
  invariant(false, `no value filters yet ${String(condition)} ${context.place}`);
}
