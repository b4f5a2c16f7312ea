import { finiteNumbers, trigonometric } from './trigonometry.ts';

export const $tan = trigonometric('$tan', Math.tan, (value) => value.tan(), finiteNumbers);
