import { edge } from './array-edge.ts';

export const $first = edge('$first', 0);
