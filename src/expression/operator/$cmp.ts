import { comparison } from './comparison.ts';

export const $cmp = comparison((order) => Math.sign(order) + 0);
