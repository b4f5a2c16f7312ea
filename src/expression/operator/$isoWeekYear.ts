import { isoWeek } from '../calendar.ts';
import { datePart } from './date-part.ts';

/** The one part of a date that is an int64. */
export const $isoWeekYear = datePart((ms) => BigInt(isoWeek(ms).year));
