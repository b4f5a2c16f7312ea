import { bitwise } from './bitwise.ts';

export const $bitXor = bitwise(
  '$bitXor',
  0,
  (left, right) => left ^ right,
  (left, right) => left ^ right,
);
