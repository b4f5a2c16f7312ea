import { extremeNAccumulator } from './extreme-n.ts';

/** The `n` smallest values, smallest first. */
export const $minN = extremeNAccumulator(1);
