import type { Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { EqualityTest } from './equality-test.ts';
import type { FilterNode } from './filter-node.ts';
import { MembershipTest } from './membership-test.ts';

/**
 * Paths that a filter pins to one value: equalities of the filter itself and of its conjunctions. Throws
 * NotSingleValueField where a path, or a path and another below it, is pinned twice.
 */
export function pinnedPaths(node: FilterNode): Map<string, Value> {
  const pinned = new Map<string, Value>();
  collect(node, pinned);
  return pinned;
}

function collect(node: FilterNode, pinned: Map<string, Value>): void {
  if (node.kind === 'and') for (const child of node.children) collect(child, pinned);
  if (node.kind !== 'field') return;
  const { test, path } = node;
  if (test instanceof EqualityTest) pin(path, test.operand, pinned);
  // A list of one value is an equality in other words.
  if (test instanceof MembershipTest && test.operand.length === 1 && test.values.length === 1) {
    pin(path, test.values[0] as Value, pinned);
  }
}

function pin(path: string, value: Value, pinned: Map<string, Value>): void {
  for (const other of pinned.keys()) {
    if (other === path) {
      throw new MongoError('NotSingleValueField', `cannot infer query fields to set, path '${path}' is matched twice`);
    }
    if (other.startsWith(`${path}.`) || path.startsWith(`${other}.`)) {
      throw new MongoError(
        'NotSingleValueField',
        `cannot infer query fields to set, both paths '${other}' and '${path}' are matched`,
      );
    }
  }
  pinned.set(path, value);
}
