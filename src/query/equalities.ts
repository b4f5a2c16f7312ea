import type { Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { EqualityTest } from './equality-test.ts';
import type { FilterNode } from './filter-node.ts';
import { MembershipTest } from './membership-test.ts';

/**
 * Paths that a filter pins to one value: equalities of the filter itself and of its conjunctions. Throws
 * NotSingleValueField where a path, or a path and another below it, is pinned twice.
 */
export function pinnedPaths(node: FilterNode): Map<string, Value> {
  const pinned: Pinned = { values: new Map(), below: new Map() };
  collect(node, pinned);
  return pinned.values;
}

interface Pinned {
  readonly values: Map<string, Value>;
  /** For each path that others lie below the first of those. */
  readonly below: Map<string, string>;
}

function collect(node: FilterNode, pinned: Pinned): void {
  if (node.kind === 'and') for (const child of node.children) collect(child, pinned);
  if (node.kind !== 'field') return;
  const { test, path } = node;
  if (test instanceof EqualityTest) pin(path, test.operand, pinned);
  // A list of one value is an equality in other words.
  if (test instanceof MembershipTest && test.operand.length === 1 && test.values.length === 1) {
    pin(path, test.values[0] as Value, pinned);
  }
}

function pin(path: string, value: Value, { values, below }: Pinned): void {
  if (values.has(path)) {
    throw new MongoError('NotSingleValueField', `cannot infer query fields to set, path '${path}' is matched twice`);
  }
  const above = [...pathsAbove(path)];
  const other = above.find((shorter) => values.has(shorter)) ?? below.get(path);
  if (other !== undefined) {
    throw new MongoError(
      'NotSingleValueField',
      `cannot infer query fields to set, both paths '${other}' and '${path}' are matched`,
    );
  }
  values.set(path, value);
  for (const shorter of above) if (!below.has(shorter)) below.set(shorter, path);
}

/** The paths that a path lies below, as deep as a document may be. */
function* pathsAbove(path: string): Generator<string> {
  let end = path.indexOf('.');
  for (let depth = 1; end >= 0 && depth <= limits.commandNestingDepth; depth++) {
    yield path.slice(0, end);
    end = path.indexOf('.', end + 1);
  }
}
