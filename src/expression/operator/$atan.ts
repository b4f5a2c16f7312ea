import { arcTangent } from '../../bson/decimal-function.ts';
import { trigonometric } from './trigonometry.ts';

export const $atan = trigonometric('$atan', Math.atan, arcTangent);
