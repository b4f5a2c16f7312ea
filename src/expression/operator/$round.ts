import { roundingAt } from './rounding.ts';

export const $round = roundingAt('$round', 'halfEven');
