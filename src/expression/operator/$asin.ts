import { arcSine } from '../../bson/decimal-function.ts';
import { trigonometric, unitInterval } from './trigonometry.ts';

export const $asin = trigonometric('$asin', Math.asin, arcSine, unitInterval);
