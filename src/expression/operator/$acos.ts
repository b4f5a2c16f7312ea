import { arcCosine } from '../../bson/decimal-function.ts';
import { trigonometric, unitInterval } from './trigonometry.ts';

export const $acos = trigonometric('$acos', Math.acos, arcCosine, unitInterval);
