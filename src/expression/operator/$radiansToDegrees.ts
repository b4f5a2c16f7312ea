import { WideDecimal } from '../../bson/decimal.ts';
import { converted, pi } from './trigonometry.ts';

export const $radiansToDegrees = converted('$radiansToDegrees', 180 / Math.PI, new WideDecimal(180).dividedBy(pi));
