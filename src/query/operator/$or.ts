import { parseBranches } from '../branches.ts';
import { type FilterNode, OrNode } from '../filter-node.ts';
import type { TreeOperator } from '../operator.ts';

/** One of the filters; a single one stands for itself. */
export const $or: TreeOperator = (call) => {
  const branches = parseBranches(call);
  return branches.length === 1 ? (branches[0] as FilterNode) : new OrNode(branches);
};
