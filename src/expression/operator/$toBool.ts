import { converting } from './converting.ts';

export const $toBool = converting('bool');
