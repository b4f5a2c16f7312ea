import { createHash } from 'node:crypto';
import { printDocument } from '../../bson/print.ts';
import type { Collation } from '../../query/collation.ts';
import type { FilterNode } from '../../query/filter.ts';
import type { Projection } from '../../query/projection.ts';
import type { Sort } from '../../query/sort.ts';

/** What makes up the shape of a query. */
export interface ShapedQuery {
  readonly filter: { readonly node: FilterNode };
  readonly sort: Sort | undefined;
  readonly projection: Projection | undefined;
  readonly collation: Collation | undefined;
  readonly specification: { readonly distinctPath?: string };
}

/** A query without its constants: queries of one shape differ in values alone. Eight hexadecimal digits. */
export function shapeHash({ filter, sort, projection, collation, specification }: ShapedQuery): string {
  const shape = [
    shapeOf(filter.node),
    sort === undefined ? '' : printDocument(sort.specification),
    projection === undefined ? '' : printDocument(projection.specification),
    collation === undefined ? '' : printDocument(collation.specification),
    specification.distinctPath ?? '',
  ];
  return digest(shape.join('|'));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase();
}

function shapeOf(node: FilterNode): string {
  switch (node.kind) {
    case 'and':
    case 'or':
    case 'nor':
      return `${node.kind}[${node.children.map(shapeOf).sort().join(',')}]`;
    case 'not':
      return `not[${shapeOf(node.child)}]`;
    case 'field':
      return `${node.path}:${node.test.operator}`;
    case 'constant':
      return String(node.value);
    case 'opaque':
      return printDocument(node.explain());
  }
}
