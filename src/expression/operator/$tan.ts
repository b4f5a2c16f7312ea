import { tangent } from '../../bson/decimal-function.ts';
import { finiteNumbers, trigonometric } from './trigonometry.ts';

export const $tan = trigonometric('$tan', Math.tan, tangent, finiteNumbers);
