import { bitwise } from './bitwise.ts';

export const $bitOr = bitwise(
  '$bitOr',
  0,
  (left, right) => left | right,
  (left, right) => left | right,
);
