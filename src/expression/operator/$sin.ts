import { sine } from '../../bson/decimal-function.ts';
import { finiteNumbers, trigonometric } from './trigonometry.ts';

export const $sin = trigonometric('$sin', Math.sin, sine, finiteNumbers);
