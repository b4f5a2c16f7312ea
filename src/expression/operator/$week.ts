import { weekOfYear } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $week = datePart((ms) => weekOfYear(ms));
