/**
 * Filters: the query language's predicates, parsed once into a tree of nodes that test BSON bytes in place.
 *
 *   { a: { $gt: 1 }, $or: […] }  ─ parse ─►  FilterNode: what the planner reads, and what tests documents
 *
 *   operator/$gt.ts   reads one operand, gives a test of values      table.ts   all operators by name
 *   field-node.ts     walks a path to the values                     plan.ts    finds indexes for a tree
 */
import { valuesEqual } from '../bson/compare.ts';
import { BSONRegExp } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import type { WorkWatch } from '../clock/work-watch.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Scope } from '../expression/expression.ts';
import { ParseContext } from '../expression/parse.ts';
import type { Collation } from './collation.ts';
import { pinnedPaths } from './equalities.ts';
import { explainNode, type FilterNode } from './filter-node.ts';
import { findNear, type NearField } from './geo/near-field.ts';
import type { FilterParsing, FilterPlace } from './operator.ts';
import { parseConditions, parseFilterDocument } from './parse-filter.ts';
import { findFieldOperator } from './table.ts';
import { TextNode } from './text/text-search.ts';
import { MatchRun } from './value-test.ts';

export type { FilterNode } from './filter-node.ts';
export type { FilterPlace } from './operator.ts';

export interface FilterContext {
  /** Absent: strings by bytes. */
  readonly collation?: Collation | undefined;
  /** What $expr knows: variables of `let`. Absent: no variables; its collation is then the filter's. */
  readonly expressions?: ParseContext | undefined;
  /** Default `query`. */
  readonly place?: FilterPlace;
  readonly isStrictApi?: boolean;
  /** Looks up from reading what is very long. Absent: that of `expressions`. */
  readonly watch?: WorkWatch | undefined;
}

/** A parsed filter. Immutable; used for any number of documents. */
export class Filter {
  readonly specification: BsonDocument;
  readonly collation: Collation | undefined;
  readonly node: FilterNode;
  /** Where a $near stands in the filter, and by what it orders. */
  readonly near: NearField | undefined;
  /** The $text of the filter, which the planner ties to the collection's text index. */
  readonly text: TextNode | undefined;
  readonly #run = new MatchRun();

  constructor(
    specification: BsonDocument,
    node: FilterNode,
    collation: Collation | undefined,
    near: NearField | undefined,
    text: TextNode | undefined,
  ) {
    this.specification = specification;
    this.node = node;
    this.collation = collation;
    this.near = near;
    this.text = text;
  }

  /** Whether the filter is `{}`, or says as little. */
  get isEmpty(): boolean {
    return this.node.kind === 'and' && this.node.children.length === 0;
  }

  /** Whether the document in these bytes matches. `scope` gives $expr its variables; without one they are missing. */
  matches(bytes: Buffer, scope?: Scope): boolean {
    this.#run.scope = scope;
    return this.node.matches(bytes, 0, this.#run);
  }

  /** As `matches`, for a document in any form. */
  matchesDocument(document: BsonDocument, scope?: Scope): boolean {
    return this.matches(encodeDocument(document), scope);
  }

  /** Index of the array element that made the document match, for the positional `$`; undefined where none did. */
  arrayPosition(bytes: Buffer, scope?: Scope): number | undefined {
    this.#run.position = -1;
    if (!this.matches(bytes, scope) || this.#run.position < 0) return undefined;
    return this.#run.position;
  }

  /** Paths that the filter pins to one value, for upserts. Throws NotSingleValueField where a path is pinned twice. */
  equalities(): ReadonlyMap<string, Value> {
    return pinnedPaths(this.node);
  }

  /** `parsedQuery` of explain. */
  explain(): BsonDocument {
    return explainNode(this.node);
  }
}

/** Reads a filter; throws what MongoDB throws for it. */
export function parseFilter(specification: BsonDocument, context: FilterContext = {}): Filter {
  return readFilter(specification, startParsing(context));
}

function readFilter(specification: BsonDocument, parsing: FilterParsing): Filter {
  const node = parseFilterDocument(specification, parsing);
  const near = findNear(node, parsing.place);
  const text = findText(node);
  if (near !== undefined && text !== undefined)
    throw new MongoError('BadValue', 'text and geoNear not allowed in same query');
  return new Filter(specification, node, parsing.collation, near, text);
}

function startParsing(context: FilterContext): FilterParsing {
  const collation = context.collation?.isSimple === true ? undefined : context.collation;
  let expressions = context.expressions;
  return {
    collation,
    place: context.place ?? 'query',
    isTopLevel: true,
    isStrictApi: context.isStrictApi ?? false,
    watch: context.watch ?? context.expressions?.options.watch,
    expressions: () => {
      expressions ??= new ParseContext({ collation });
      return expressions;
    },
    parseDocument: parseFilterDocument,
    parseConditions,
  };
}

/** The $text of a filter. Throws BadValue for a second one. */
function findText(node: FilterNode): TextNode | undefined {
  const found = textNodes(node);
  if (found.length > 1) throw new MongoError('BadValue', 'Too many text expressions');
  return found[0];
}

function textNodes(node: FilterNode): TextNode[] {
  if (node instanceof TextNode) return [node];
  return node.kind === 'and' || node.kind === 'or' || node.kind === 'nor' ? node.children.flatMap(textNodes) : [];
}

/** A condition on one value: the elements that `$pull` removes. */
export interface ValueFilter {
  /** Whether the value is as the condition asks. */
  matches(value: Value | undefined, scope?: Scope): boolean;
}

/**
 * Reads the condition of `$pull`. A document that begins with a field's operator and a regular expression test the value
 * as if it were a field (an array matches by its elements too), another document, $and and $or included, tests the
 * fields of values that are documents, anything else equals the value.
 */
export function parseValueFilter(condition: Value, context: FilterContext = {}): ValueFilter {
  const parsing = startParsing(context);
  if (condition instanceof BsonDocument && findFieldOperator(condition.firstKey() ?? '') === undefined) {
    const filter = readFilter(condition, parsing);
    return { matches: (value, scope) => value instanceof BsonDocument && filter.matchesDocument(value, scope) };
  }
  if (!(condition instanceof BsonDocument || condition instanceof BSONRegExp)) {
    return { matches: (value) => value !== undefined && valuesEqual(value, condition, parsing.collation) };
  }
  const asField = wrap(condition);
  const filter = readFilter(asField, parsing);
  return {
    matches: (value, scope) => filter.matchesDocument(value === undefined ? BsonDocument.empty : wrap(value), scope),
  };
}

/** A document whose only field, without a name, is this value. */
function wrap(value: Value): BsonDocument {
  return BsonDocument.fromFields(new Map([['', value]]));
}
