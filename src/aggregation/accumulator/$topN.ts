import { topAccumulator } from './top.ts';

/** Outputs of the first `n` documents in the order. */
export const $topN = topAccumulator(false, true);
