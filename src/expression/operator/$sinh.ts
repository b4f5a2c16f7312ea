import { hyperbolicSine } from '../../bson/decimal-function.ts';
import { trigonometric } from './trigonometry.ts';

export const $sinh = trigonometric('$sinh', Math.sinh, hyperbolicSine);
