import { finiteNumbers, trigonometric } from './trigonometry.ts';

export const $sin = trigonometric('$sin', Math.sin, (value) => value.sin(), finiteNumbers);
