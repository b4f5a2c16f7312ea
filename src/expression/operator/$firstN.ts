import { takingN } from './n-argument.ts';

export const $firstN = takingN(() => (array, n) => array.slice(0, n));
