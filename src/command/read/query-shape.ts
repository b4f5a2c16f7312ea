/** Shapes: queries without their constants. Queries of one shape differ in values alone. */
import { createHash } from 'node:crypto';
import { printDocument, printValue } from '../../bson/print.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import type { Collation } from '../../query/collation.ts';
import type { FilterNode } from '../../query/filter.ts';
import type { Projection } from '../../query/projection.ts';
import type { Sort } from '../../query/sort.ts';
import type { ValueTest } from '../../query/value-test.ts';

/** What makes up the shape of a query. */
export interface ShapedQuery {
  readonly filter: { readonly node: FilterNode };
  readonly sort: Sort | undefined;
  readonly projection: Projection | undefined;
  readonly collation: Collation | undefined;
  readonly specification: { readonly distinctPath?: string; readonly filter?: BsonDocument | undefined };
}

/** How fine the shape is: as MongoDB's plan cache tells queries apart, or as its query settings do. */
type Grain = 'plan' | 'settings';

/** The shape that plans and index filters go by. Eight hexadecimal digits. */
export function shapeHash(query: ShapedQuery): string {
  return digest(partsOf(query, 'plan')).slice(0, 8);
}

/** The shape that query settings go by; the collection is part of it. 64 hexadecimal digits. */
export function queryShapeHash(command: string, namespace: string, query: ShapedQuery): string {
  const written = query.specification.filter;
  const paths = written === undefined ? [] : pathsAsWritten(written);
  return digest([command, namespace, paths.join(','), ...partsOf(query, 'settings')]);
}

function partsOf({ filter, sort, projection, collation, specification }: ShapedQuery, grain: Grain): string[] {
  return [
    shapeOf(filter.node, grain),
    sort === undefined ? '' : printDocument(sort.specification),
    projection === undefined ? '' : projectionShape(projection.specification, grain),
    collation === undefined ? '' : printDocument(collation.specification),
    specification.distinctPath ?? '',
  ];
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('|')).digest('hex').toUpperCase();
}

/** The order of its fields says nothing about how a projection is planned. */
function projectionShape(specification: BsonDocument, grain: Grain): string {
  if (grain === 'settings') return printDocument(specification);
  const fields = [...specification.entries()].sort(([left], [right]) => (left < right ? -1 : 1));
  return printDocument(BsonDocument.fromFields(new Map(fields)));
}

function shapeOf(node: FilterNode, grain: Grain): string {
  switch (node.kind) {
    case 'and':
    case 'or':
    case 'nor':
      return `${node.kind}[${childShapes(node.children, grain).join(',')}]`;
    case 'not':
      return `not[${shapeOf(node.child, grain)}]`;
    case 'field':
      return `${node.path}:${testShape(node.test, grain)}`;
    case 'constant':
      return String(node.value);
    case 'opaque':
      return opaqueShape(node.explain(), grain);
  }
}

/** The planner puts clauses in an order of its own; settings go by the query as it was written. */
function childShapes(children: readonly FilterNode[], grain: Grain): string[] {
  const shapes = children.map((child) => shapeOf(child, grain));
  return grain === 'plan' ? shapes.sort() : shapes;
}

function testShape({ operator, operand }: ValueTest, grain: Grain): string {
  // One value in a list is planned as an equality.
  if (operator === '$in' && grain === 'plan' && Array.isArray(operand) && operand.length === 1) return '$in 1';
  if (operator === '$exists') return `$exists ${operand}`;
  if (operator === '$type' && grain === 'settings') {
    return `$type ${printValue(Array.isArray(operand) && operand.length === 1 ? operand[0] : operand)}`;
  }
  return operator === '$elemMatch' ? `$elemMatch ${withoutConstants(operand)}` : operator;
}

/** The fields that a filter names, in its own order; a parsed one puts its clauses in another. */
function pathsAsWritten(filter: BsonDocument): string[] {
  return [...filter.entries()].flatMap(([name, value]) => {
    if (!name.startsWith('$')) return [name];
    if (!Array.isArray(value)) return [];
    return value.flatMap((clause) => (clause instanceof BsonDocument ? pathsAsWritten(clause) : []));
  });
}

function opaqueShape(shown: BsonDocument, grain: Grain): string {
  if (shown.firstKey() !== '$expr') return printDocument(shown);
  // The planner does not look into an expression.
  return grain === 'plan' ? '$expr' : withoutConstants(shown);
}

/** Names, operators and paths of expressions; a question mark for every other value. */
function withoutConstants(value: Value): string {
  if (value instanceof BsonDocument) {
    return `{${[...value.entries()].map(([name, inner]) => `${name}: ${withoutConstants(inner)}`).join(', ')}}`;
  }
  if (Array.isArray(value)) return `[${value.map(withoutConstants).join(', ')}]`;
  return typeof value === 'string' && value.startsWith('$') ? value : '?';
}
