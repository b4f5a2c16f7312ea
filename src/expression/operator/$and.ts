import { connective } from './connective.ts';

export const $and = connective(false);
