import { converting } from './converting.ts';

export const $toDecimal = converting('decimal');
