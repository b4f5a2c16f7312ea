import { timeOfDay } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $minute = datePart((ms) => timeOfDay(ms).minute);
