import { isoWeek } from '../calendar.ts';
import { datePart } from './date-part.ts';

export const $isoWeek = datePart((ms) => isoWeek(ms).week);
