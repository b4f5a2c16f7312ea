import { edgeAccumulator } from './edge-n.ts';

/** Values of the last `n` documents. */
export const $lastN = edgeAccumulator(true);
