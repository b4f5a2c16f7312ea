import { converting } from './converting.ts';

export const $toLong = converting('long');
