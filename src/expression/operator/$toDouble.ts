import { converting } from './converting.ts';

export const $toDouble = converting('double');
