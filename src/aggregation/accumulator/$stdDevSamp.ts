import { DeviationState } from './deviation.ts';
import { unaryAccumulator } from './unary.ts';

/** Sample standard deviation of the numbers; null for fewer than two. */
export const $stdDevSamp = unaryAccumulator(() => new DeviationState(true));
