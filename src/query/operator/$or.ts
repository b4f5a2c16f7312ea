import { parseBranches } from '../branches.ts';
import { EqualityTest } from '../equality-test.ts';
import { FieldNode } from '../field-node.ts';
import { type FilterNode, OrNode } from '../filter-node.ts';
import { MembershipTest } from '../membership-test.ts';
import type { TreeOperator } from '../operator.ts';

/** One of the filters. A single one stands for itself; equalities of one path are an $in in other words. */
export const $or: TreeOperator = (call) => {
  const branches = parseBranches(call);
  const [first] = branches;
  if (branches.length === 1) return first as FilterNode;
  if (first?.kind !== 'field') return new OrNode(branches);
  const values = branches.flatMap((branch) =>
    branch.kind === 'field' && branch.path === first.path && branch.test instanceof EqualityTest
      ? [branch.test.operand]
      : [],
  );
  if (values.length < branches.length) return new OrNode(branches);
  return new FieldNode(first.path, new MembershipTest(values, call.parsing.collation));
};
