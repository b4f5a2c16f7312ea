import { isoWeekday } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $isoDayOfWeek = datePart((ms) => isoWeekday(ms));
