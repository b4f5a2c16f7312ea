import { takingN } from './n-argument.ts';

export const $lastN = takingN('Location5787801', () => (array, n) => array.slice(Math.max(0, array.length - n)));
