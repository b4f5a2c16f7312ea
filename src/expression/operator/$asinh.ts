import { hyperbolicArcSine } from '../../bson/decimal-function.ts';
import { trigonometric } from './trigonometry.ts';

export const $asinh = trigonometric('$asinh', Math.asinh, hyperbolicArcSine);
