import { timeOfDay } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $hour = datePart((ms) => timeOfDay(ms).hour);
