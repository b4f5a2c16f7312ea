import { trigonometric } from './trigonometry.ts';

export const $tanh = trigonometric('$tanh', Math.tanh, (value) => value.tanh());
