import { comparison } from './comparison.ts';

export const $ne = comparison((order) => order !== 0);
