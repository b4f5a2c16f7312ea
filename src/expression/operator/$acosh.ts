import { trigonometric } from './trigonometry.ts';

export const $acosh = trigonometric('$acosh', Math.acosh, (value) => value.acosh(), {
  least: 1,
  most: Number.POSITIVE_INFINITY,
  isClosed: true,
});
