import { trimming } from './trimming.ts';

export const $rtrim = trimming({ left: false, right: true });
