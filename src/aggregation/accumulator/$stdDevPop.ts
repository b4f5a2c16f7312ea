import { DeviationState } from './deviation.ts';
import { unaryAccumulator } from './unary.ts';

/** Population standard deviation of the numbers; null without any. */
export const $stdDevPop = unaryAccumulator(() => new DeviationState(false));
