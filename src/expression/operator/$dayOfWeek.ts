import { weekday } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $dayOfWeek = datePart((ms) => weekday(ms) + 1);
