/** Whether every document that matches a filter matches another one: a partial index has keys only for the latter. */
import type { Collation } from '../collation.ts';
import type { Filter } from '../filter.ts';
import type { FilterNode } from '../filter-node.ts';
import { TypeTest } from '../operator/$type.ts';
import { isWithin } from './interval.ts';
import { collectPredicates, matchesMissing, type Predicate } from './predicate.ts';
import { boundsOf } from './test-bounds.ts';

export function implies(filter: Filter, condition: Filter): boolean {
  return nodeImplies(filter.node, condition.node, { own: filter.collation, ofCondition: condition.collation });
}

/** How the two filters compare strings. */
interface Collations {
  readonly own: Collation | undefined;
  readonly ofCondition: Collation | undefined;
}

function nodeImplies(node: FilterNode, condition: FilterNode, collations: Collations): boolean {
  if (node.kind === 'or') return node.children.every((child) => nodeImplies(child, condition, collations));
  switch (condition.kind) {
    case 'and':
      return condition.children.every((child) => nodeImplies(node, child, collations));
    case 'or':
      return condition.children.some((child) => nodeImplies(node, child, collations));
    case 'field':
    case 'not':
      return impliesLeaf(node, condition, collations);
    default:
      return false;
  }
}

function impliesLeaf(node: FilterNode, condition: FilterNode, collations: Collations): boolean {
  const [asked] = collectPredicates(condition);
  if (asked === undefined || asked.within !== undefined) return false;
  return collectPredicates(node).some(
    (given) => given.path === asked.path && predicateImplies(given, asked, collations),
  );
}

/** Whether the values for which the given statement holds are among those for which the other one does. */
function predicateImplies(given: Predicate, asked: Predicate, { own, ofCondition }: Collations): boolean {
  if (asked.isNegated) {
    return asked.test.operator === '$exists' && given.isNegated && given.test.operator === '$exists';
  }
  if (asked.test.operator === '$exists') return !matchesMissing(given);
  if (given.isNegated) return false;
  if (given.test instanceof TypeTest && asked.test instanceof TypeTest) {
    const { codes } = asked.test;
    return [...given.test.codes].every((code) => codes.has(code));
  }
  const inner = boundsOf(given.test, own, ofCondition);
  const outer = boundsOf(asked.test, ofCondition, ofCondition);
  if (inner === undefined || outer === undefined) return false;
  // What is asked must hold for each value within its bounds; null is among those as soon as it is asked for itself.
  if (!outer.isExact && !(asked.test.operator === '$eq' && asked.test.operand === null)) return false;
  return isWithin(inner.intervals, outer.intervals);
}
