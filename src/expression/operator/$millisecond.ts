import { timeOfDay } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $millisecond = datePart((ms) => timeOfDay(ms).millisecond);
