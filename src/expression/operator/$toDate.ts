import { converting } from './converting.ts';

export const $toDate = converting('date');
