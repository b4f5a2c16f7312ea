import { hyperbolicArcCosine } from '../../bson/decimal-function.ts';
import { trigonometric } from './trigonometry.ts';

export const $acosh = trigonometric('$acosh', Math.acosh, hyperbolicArcCosine, {
  least: 1,
  most: Number.POSITIVE_INFINITY,
  isClosed: true,
});
