import { trigonometric } from './trigonometry.ts';

export const $atan = trigonometric('$atan', Math.atan, (value) => value.atan());
