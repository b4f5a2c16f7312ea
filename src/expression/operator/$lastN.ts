import { takingN } from './n-argument.ts';

export const $lastN = takingN(() => (array, n) => array.slice(Math.max(0, array.length - n)));
