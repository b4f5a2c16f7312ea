import { hyperbolicArcTangent } from '../../bson/decimal-function.ts';
import { trigonometric, unitInterval } from './trigonometry.ts';

export const $atanh = trigonometric('$atanh', Math.atanh, hyperbolicArcTangent, unitInterval);
