import { roundingAt } from './rounding.ts';

export const $trunc = roundingAt('$trunc', 'down');
