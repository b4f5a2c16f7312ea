import { hyperbolicTangent } from '../../bson/decimal-function.ts';
import { trigonometric } from './trigonometry.ts';

export const $tanh = trigonometric('$tanh', Math.tanh, hyperbolicTangent);
