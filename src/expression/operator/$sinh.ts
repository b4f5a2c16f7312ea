import { trigonometric } from './trigonometry.ts';

export const $sinh = trigonometric('$sinh', Math.sinh, (value) => value.sinh());
