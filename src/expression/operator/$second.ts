import { timeOfDay } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $second = datePart((ms) => timeOfDay(ms).second);
