import { comparison } from './comparison.ts';

export const $gt = comparison((order) => order > 0);
