import { calendarDate } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $dayOfMonth = datePart((ms) => calendarDate(ms).day);
