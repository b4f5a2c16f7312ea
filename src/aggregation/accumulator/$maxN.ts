import { extremeNAccumulator } from './extreme-n.ts';

/** The `n` largest values, largest first. */
export const $maxN = extremeNAccumulator(-1);
