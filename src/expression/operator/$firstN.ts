import { takingN } from './n-argument.ts';

export const $firstN = takingN('Location5787801', () => (array, n) => array.slice(0, n));
