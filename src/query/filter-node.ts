/** The parsed form of a filter: a tree that tests documents and that the planner reads. */
import { document } from '../bson/literal.ts';
import { readInt32 } from '../bson/read.ts';
import { BsonDocument } from '../bson/value.ts';
import { bytesPerStep } from '../clock/work-watch.ts';
import type { FieldNode } from './field-node.ts';
import type { MatchRun } from './value-test.ts';

/** A node that no index can help with ($expr, $jsonSchema, $sampleRate, …). */
export interface OpaqueNode {
  readonly kind: 'opaque';
  matches(bytes: Buffer, document: number, run: MatchRun): boolean;
  explain(): BsonDocument;
}

export type FilterNode = AndNode | OrNode | NorNode | NotNode | ConstantNode | FieldNode | OpaqueNode;

/** What a look for a field counts: it may go through the document to its end. */
export function stepsFor(bytes: Buffer, document: number): number {
  return 1 + Math.trunc(readInt32(bytes, document) / bytesPerStep);
}

export class AndNode {
  readonly kind = 'and';
  readonly children: readonly FilterNode[];

  constructor(children: readonly FilterNode[]) {
    this.children = children;
  }

  matches(bytes: Buffer, document: number, run: MatchRun): boolean {
    const steps = stepsFor(bytes, document);
    for (const child of this.children) {
      run.step(steps);
      if (!child.matches(bytes, document, run)) return false;
    }
    return true;
  }
}

export class OrNode {
  readonly kind = 'or';
  readonly children: readonly FilterNode[];

  constructor(children: readonly FilterNode[]) {
    this.children = children;
  }

  matches(bytes: Buffer, document: number, run: MatchRun): boolean {
    return anyMatches(this.children, bytes, document, run);
  }
}

export class NorNode {
  readonly kind = 'nor';
  readonly children: readonly FilterNode[];

  constructor(children: readonly FilterNode[]) {
    this.children = children;
  }

  matches(bytes: Buffer, document: number, run: MatchRun): boolean {
    const { position } = run;
    const isMatch = anyMatches(this.children, bytes, document, run);
    run.position = position;
    return !isMatch;
  }
}

function anyMatches(children: readonly FilterNode[], bytes: Buffer, document: number, run: MatchRun): boolean {
  const steps = stepsFor(bytes, document);
  for (const child of children) {
    run.step(steps);
    if (child.matches(bytes, document, run)) return true;
  }
  return false;
}

export class NotNode {
  readonly kind = 'not';
  readonly child: FilterNode;

  constructor(child: FilterNode) {
    this.child = child;
  }

  matches(bytes: Buffer, document: number, run: MatchRun): boolean {
    const { position } = run;
    const isMatch = this.child.matches(bytes, document, run);
    run.position = position;
    return !isMatch;
  }
}

/** $alwaysTrue and $alwaysFalse. */
export class ConstantNode {
  readonly kind = 'constant';
  readonly value: boolean;

  constructor(value: boolean) {
    this.value = value;
  }

  matches(): boolean {
    return this.value;
  }
}

/** Tests in the order in which a conjunction makes them, which shows in explain and in the position of the last one. */
const testOrder = '$elemMatch $size $eq $lte $lt $gt $gte $regex $mod $exists $in'.split(' ');
const kindOrder: Readonly<Record<FilterNode['kind'], number>> = {
  and: -3,
  or: -2,
  field: 50,
  not: 60,
  nor: 61,
  opaque: 62,
  constant: 63,
};

function orderOf(node: FilterNode): number {
  const place = node.kind === 'field' ? testOrder.indexOf(node.test.operator) : -1;
  return place < 0 ? kindOrder[node.kind] : place;
}

function inTestOrder(left: FilterNode, right: FilterNode): number {
  const order = orderOf(left) - orderOf(right);
  if (order !== 0 || left.kind !== 'field' || right.kind !== 'field') return order;
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}

/** Both or all of these; one alone stands for itself, and conjunctions inside of it are dissolved. */
export function conjunction(nodes: readonly FilterNode[]): FilterNode {
  const flat = nodes.flatMap((node) => (node.kind === 'and' ? node.children : [node])).sort(inTestOrder);
  return flat.length === 1 ? (flat[0] as FilterNode) : new AndNode(flat);
}

/** The node as explain shows it in `parsedQuery` and `filter`. */
export function explainNode(node: FilterNode): BsonDocument {
  switch (node.kind) {
    case 'and':
      return node.children.length === 0 ? BsonDocument.empty : document({ $and: node.children.map(explainNode) });
    case 'or':
      return document({ $or: node.children.map(explainNode) });
    case 'nor':
      return document({ $nor: node.children.map(explainNode) });
    case 'constant':
      return document(node.value ? { $alwaysTrue: 1 } : { $alwaysFalse: 1 });
    case 'not':
      return explainNegation(node.child);
    case 'field':
      return one(node.path, one(node.test.operator, node.test.operand));
    case 'opaque':
      return node.explain();
  }
}

function explainNegation(child: FilterNode): BsonDocument {
  if (child.kind === 'field') return one(child.path, document({ $not: one(child.test.operator, child.test.operand) }));
  return document({ $nor: [explainNode(child)] });
}

function one(name: string, value: BsonDocument | FieldNode['test']['operand']): BsonDocument {
  return BsonDocument.fromFields(new Map([[name, value]]));
}
