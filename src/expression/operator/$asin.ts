import { trigonometric, unitInterval } from './trigonometry.ts';

export const $asin = trigonometric('$asin', Math.asin, (value) => value.asin(), unitInterval);
