import { deviation } from './deviation.ts';

export const $stdDevSamp = deviation((count) => count - 1);
