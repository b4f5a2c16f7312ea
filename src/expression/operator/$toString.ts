import { converting } from './converting.ts';

export const $toString = converting('string', { format: 'auto' });
