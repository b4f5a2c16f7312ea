import { edgeAccumulator } from './edge-n.ts';

/** Values of the first `n` documents. */
export const $firstN = edgeAccumulator(false);
