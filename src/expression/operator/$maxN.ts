import { extremeN } from './extreme-n.ts';

export const $maxN = extremeN(-1);
