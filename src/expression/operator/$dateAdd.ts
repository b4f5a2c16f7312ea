import { dateShift } from './date-shift.ts';

export const $dateAdd = dateShift(1);
