import { dateShift } from './date-shift.ts';

export const $dateSubtract = dateShift(-1);
