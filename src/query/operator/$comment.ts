import type { TreeOperator } from '../operator.ts';

/** A remark of any type, for logs; it filters nothing. */
export const $comment: TreeOperator = () => undefined;
