import { trigonometric } from './trigonometry.ts';

export const $cosh = trigonometric('$cosh', Math.cosh, (value) => value.cosh());
