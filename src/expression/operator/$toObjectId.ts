import { converting } from './converting.ts';

export const $toObjectId = converting('objectId');
