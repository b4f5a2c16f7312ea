import { parseBranches } from '../branches.ts';
import { NorNode } from '../filter-node.ts';
import type { TreeOperator } from '../operator.ts';

export const $nor: TreeOperator = (call) => new NorNode(parseBranches(call));
