import { extremeN } from './extreme-n.ts';

export const $minN = extremeN(1);
