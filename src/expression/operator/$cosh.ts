import { hyperbolicCosine } from '../../bson/decimal-function.ts';
import { trigonometric } from './trigonometry.ts';

export const $cosh = trigonometric('$cosh', Math.cosh, hyperbolicCosine);
