import { parseBranches } from '../branches.ts';
import { conjunction } from '../filter-node.ts';
import type { TreeOperator } from '../operator.ts';

export const $and: TreeOperator = (call) => conjunction(parseBranches(call));
