import { topAccumulator } from './top.ts';

/** Outputs of the last `n` documents in the order. */
export const $bottomN = topAccumulator(true, true);
