import { deviation } from './deviation.ts';

export const $stdDevPop = deviation((count) => count);
