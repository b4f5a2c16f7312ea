import { calendarDate } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $year = datePart((ms) => calendarDate(ms).year);
