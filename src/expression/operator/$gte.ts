import { comparison } from './comparison.ts';

export const $gte = comparison((order) => order >= 0);
