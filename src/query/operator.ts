/**
 * How operators of the query language are written. A file of `operator/` exports one parser, which reads the operand once
 * and throws what MongoDB throws for it.
 *
 *   field operator   { path: { $name: operand } }  →  Condition, a statement about the values at a path
 *   tree operator    { $name: operand }            →  FilterNode, a statement about the document
 */
import type { BsonDocument, Value } from '../bson/value.ts';
import type { WorkWatch } from '../clock/work-watch.ts';
import type { ParseContext } from '../expression/parse.ts';
import type { Collation } from './collation.ts';
import type { FilterNode } from './filter-node.ts';
import type { ValueTest } from './value-test.ts';

/** A statement about values: a test, or tests put together. */
export type Condition =
  | { readonly kind: 'test'; readonly test: ValueTest }
  | { readonly kind: 'not'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'all'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'never' };

/** Where a filter stands, which decides what it may use. */
export type FilterPlace =
  | 'query'
  | 'match'
  | 'validator'
  | 'partialFilter'
  | 'arrayFilter'
  | 'update'
  | 'elemMatchProjection';

/** What parsing knows and notes. */
export interface FilterParsing {
  /** Absent: strings by bytes. */
  readonly collation: Collation | undefined;
  readonly place: FilterPlace;
  /** Whether the document that is parsed is the whole filter or one of its $and, $or, $nor branches. */
  readonly isTopLevel: boolean;
  readonly isStrictApi: boolean;
  /** Looks up from reading what is very long. */
  readonly watch: WorkWatch | undefined;
  /** For $expr; made when first asked for. */
  expressions(): ParseContext;
  /** Reads a filter on documents. */
  parseDocument(specification: BsonDocument, parsing: FilterParsing): FilterNode;
  /** Reads `{ $operator: operand, … }` for a path. */
  parseConditions(path: string, specification: BsonDocument, parsing: FilterParsing): Condition[];
}

/** One use of an operator below a path. */
export interface FieldCall {
  readonly name: string;
  readonly operand: Value;
  readonly path: string;
  /** The document in which the operator stands: `$regex` looks for its `$options`. */
  readonly siblings: BsonDocument;
  readonly parsing: FilterParsing;
}

/** undefined: the operator says nothing by itself ($options). */
export type FieldOperator = (call: FieldCall) => Condition | undefined;

/** One use of an operator in place of a field. */
export interface TreeCall {
  readonly name: string;
  readonly operand: Value;
  readonly parsing: FilterParsing;
}

/** undefined: the operator says nothing ($comment). */
export type TreeOperator = (call: TreeCall) => FilterNode | undefined;

export function testing(test: ValueTest): Condition {
  return { kind: 'test', test };
}

export function negation(...conditions: readonly Condition[]): Condition {
  return { kind: 'not', conditions };
}
