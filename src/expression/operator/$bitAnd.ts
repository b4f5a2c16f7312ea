import { bitwise } from './bitwise.ts';

export const $bitAnd = bitwise(
  '$bitAnd',
  -1,
  (left, right) => left & right,
  (left, right) => left & right,
);
