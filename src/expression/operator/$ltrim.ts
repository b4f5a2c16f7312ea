import { trimming } from './trimming.ts';

export const $ltrim = trimming({ left: true, right: false });
