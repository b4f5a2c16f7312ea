import { connective } from './connective.ts';

export const $or = connective(true);
