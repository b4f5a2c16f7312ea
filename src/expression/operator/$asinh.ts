import { trigonometric } from './trigonometry.ts';

export const $asinh = trigonometric('$asinh', Math.asinh, (value) => value.asinh());
