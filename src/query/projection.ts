import type { BsonDocument, Value } from '../bson/value.ts';
import { invariant } from '../error/invariant.ts';
import type { Scope } from '../expression/expression.ts';
import type { ParseContext } from '../expression/parse.ts';
import type { Collation } from './collation.ts';
import type { Filter } from './filter.ts';

export interface ProjectionContext {
  /** `find` allows $slice, $elemMatch and positional; `aggregate` ($project, $addFields …) refuses these. */
  readonly place: 'find' | 'aggregate';
  /** The filter of the find, for the positional `$`. */
  readonly filter?: Filter | undefined;
  readonly collation?: Collation | undefined;
  /** Variables for expressions. Absent: none. */
  readonly expressions?: ParseContext | undefined;
}

export type ProjectionKind = 'inclusion' | 'exclusion' | 'everything';

/** A parsed projection. */
export interface Projection {
  readonly specification: BsonDocument;
  readonly kind: ProjectionKind;
  /** Top-level and dotted paths that the result depends on; undefined: the whole document. For covered queries. */
  readonly dependencies: readonly string[] | undefined;
  /** Whether it only includes or excludes paths (PROJECTION_SIMPLE when none is dotted). */
  readonly isSimple: boolean;
  /** Kinds of metadata that it asks for with $meta. */
  readonly metadata: ReadonlySet<string>;
  /** The projected document. `scope` is needed where expressions read variables. */
  apply(document: BsonDocument, scope?: Scope): BsonDocument;
}

/** Reads a projection; throws what MongoDB throws for it. */
export function parseProjection(specification: BsonDocument, context: ProjectionContext): Projection {
  invariant(false, `no projections yet ${specification.size()} ${context.place}`);
}

/** A stage's value where expressions and fields stand as in $addFields/$set. */
export type ComputedFields = ReadonlyMap<string, Value>;
