import { edge } from './array-edge.ts';

export const $last = edge('$last', -1);
