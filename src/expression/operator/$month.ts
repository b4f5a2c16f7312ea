import { calendarDate } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $month = datePart((ms) => calendarDate(ms).month);
