import { converting } from './converting.ts';

export const $toInt = converting('int');
