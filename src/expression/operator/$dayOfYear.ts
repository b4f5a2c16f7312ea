import { dayOfYear } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $dayOfYear = datePart((ms) => dayOfYear(ms));
