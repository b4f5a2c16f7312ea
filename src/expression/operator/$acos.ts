import { trigonometric, unitInterval } from './trigonometry.ts';

export const $acos = trigonometric('$acos', Math.acos, (value) => value.acos(), unitInterval);
