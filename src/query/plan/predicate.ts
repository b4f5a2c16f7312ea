/** The statements of a filter about single paths, as an index could use them. */
import type { Collation } from '../collation.ts';
import type { FilterNode } from '../filter-node.ts';
import { ElemMatchTest } from '../operator/$elemMatch.ts';
import type { Condition } from '../operator.ts';
import type { ValueTest } from '../value-test.ts';
import { complement, everything, isEverything, point } from './interval.ts';
import { type Bounds, boundsOf } from './test-bounds.ts';

/** One statement about a path: a test, or the opposite of one. */
export interface Predicate {
  readonly path: string;
  readonly test: ValueTest;
  readonly isNegated: boolean;
  /** The $elemMatch in which it stands: all of its statements are about the same element. */
  readonly within: ElemMatchTest | undefined;
  /** The node of the filter that it was read from; a node is answered by an index when all its predicates are. */
  readonly node: FilterNode;
}

/** The predicates of a filter's conjunctions; branches of $or are left out. */
export function collectPredicates(node: FilterNode): Predicate[] {
  if (node.kind === 'and') return node.children.flatMap(collectPredicates);
  return collectFrom(node, '', undefined, node);
}

function collectFrom(
  node: FilterNode,
  prefix: string,
  within: ElemMatchTest | undefined,
  top: FilterNode,
): Predicate[] {
  switch (node.kind) {
    case 'and':
      return node.children.flatMap((child) => collectFrom(child, prefix, within, top));
    case 'field':
      return collectTest(prefix + node.path, node.test, within, top);
    case 'not':
      if (node.child.kind !== 'field' || node.child.test instanceof ElemMatchTest) return [];
      return [{ path: prefix + node.child.path, test: node.child.test, isNegated: true, within, node: top }];
    default:
      return [];
  }
}

function collectTest(path: string, test: ValueTest, within: ElemMatchTest | undefined, top: FilterNode): Predicate[] {
  if (!(test instanceof ElemMatchTest)) return [{ path, test, isNegated: false, within, node: top }];
  const { element } = test;
  if (element.kind === 'document') return collectFrom(element.node, `${path}.`, test, top);
  return element.conditions.flatMap((condition) => collectCondition(path, condition, test, top));
}

function collectCondition(path: string, condition: Condition, within: ElemMatchTest, top: FilterNode): Predicate[] {
  if (condition.kind === 'all')
    return condition.conditions.flatMap((inner) => collectCondition(path, inner, within, top));
  if (condition.kind !== 'test' || condition.test instanceof ElemMatchTest) return [];
  return [{ path, test: condition.test, isNegated: false, within, node: top }];
}

/** How the filter compares strings, how the index does, and whether arrays lie on the predicate's path in the index. */
export interface BoundsSetting {
  readonly own: Collation | undefined;
  readonly ofIndex: Collation | undefined;
  readonly isMultikey: boolean;
}

/** The bounds that a predicate gives to the field of an index; undefined where it gives none. */
export function predicateBounds(predicate: Predicate, setting: BoundsSetting): Bounds | undefined {
  const { test, isNegated, path } = predicate;
  const bounds = boundsOf(test, setting.own, setting.ofIndex);
  if (bounds === undefined) return undefined;
  const hasPosition = /(^|\.)\d+(\.|$)/.test(path);
  // By position, an index keeps one element as it is; a filter also looks at the same name in all documents of the array,
  // and $elemMatch into an element that is an array.
  if (hasPosition && (isNegated || test.matchesMissing || predicate.within !== undefined)) return undefined;
  if (!isNegated) return bounds;
  if (test.operator === '$exists') return { intervals: [point(null, undefined)], isExact: false };
  if (isComplementable(test, bounds, setting.isMultikey)) {
    return { intervals: complement(bounds.intervals), isExact: bounds.isExact && !setting.isMultikey };
  }
  return { intervals: [everything], isExact: false };
}

/** Whether each key in the bounds proves that the test holds, so that its opposite can only lie outside. */
function isComplementable(test: ValueTest, bounds: Bounds, isMultikey: boolean): boolean {
  if (bounds.isExact) return true;
  // null in the keys is null or nothing, except that below an empty array it is there without matching.
  return test.operator === '$eq' && test.operand === null && !isMultikey;
}

/** Whether the predicate can hold for a document in which there is nothing at the path. */
export function matchesMissing({ test, isNegated }: Predicate): boolean {
  return test.matchesMissing !== isNegated;
}

/** How narrow bounds are, for choosing between them: 0 is nothing, 1 is everything. */
export function widthOf({ intervals }: Bounds): number {
  if (intervals.some(isEverything)) return 1;
  const points = intervals.filter(({ lower, upper }) => lower.prefix === upper.prefix).length;
  const ranges = intervals.length - points;
  return Math.min(0.9, points * 0.01 + ranges * 0.25);
}
