import { converting } from './converting.ts';

export const $toUUID = converting('binData', { format: 'uuid', subtype: 4 });
