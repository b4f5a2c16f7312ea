import { trimming } from './trimming.ts';

export const $trim = trimming({ left: true, right: true });
