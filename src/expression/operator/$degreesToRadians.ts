import { converted, pi } from './trigonometry.ts';

export const $degreesToRadians = converted('$degreesToRadians', Math.PI / 180, pi.dividedBy(180));
