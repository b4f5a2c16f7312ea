import { extreme } from './extreme.ts';

export const $min = extreme(1);
