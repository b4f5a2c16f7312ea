import { finiteNumbers, trigonometric } from './trigonometry.ts';

export const $cos = trigonometric('$cos', Math.cos, (value) => value.cos(), finiteNumbers);
