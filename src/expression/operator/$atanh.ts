import { trigonometric, unitInterval } from './trigonometry.ts';

export const $atanh = trigonometric('$atanh', Math.atanh, (value) => value.atanh(), unitInterval);
