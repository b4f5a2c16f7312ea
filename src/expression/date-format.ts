/** The conversions of `$dateToString` and `$dateFromString` (`%Y-%m-%d`). Formats are read once into parts. */
import { MongoError } from '../error/mongo-error.ts';
import {
  calendarDate,
  dayMs,
  dayNumberOf,
  dayNumberOfIsoWeek,
  dayOfYear,
  daysInMonth,
  hourMs,
  instantOf,
  isoWeek,
  isoWeekday,
  minuteMs,
  timeOfDay,
  weekday,
  weekOfYear,
} from './calendar.ts';
import type { ParsedDate } from './date-text.ts';

/** Literal text, or the letter of a conversion. */
export type FormatPart = { readonly text: string } | { readonly conversion: string };

const writable = 'bBdGHjLmMSuUVwYzZ';
const readable = 'bBdGHjLmMSuVYzZ';

/** Reads a format. Throws 18535 for a lone `%` at its end and 18536 for a conversion that is not known. */
export function parseFormat(format: string, use: 'write' | 'read'): readonly FormatPart[] {
  const known = use === 'write' ? writable : readable;
  const parts: FormatPart[] = [];
  for (let at = 0; at < format.length; ) {
    const next = format.indexOf('%', at);
    if (next !== at) {
      parts.push({ text: format.slice(at, next < 0 ? undefined : next) });
      if (next < 0) break;
    }
    const letter = format[next + 1];
    if (letter === undefined) throw new MongoError('Location18535', "Unmatched '%' at end of format string");
    if (letter === '%') parts.push({ text: '%' });
    else if (known.includes(letter)) parts.push({ conversion: letter });
    else throw new MongoError('Location18536', `Invalid format character '%${letter}' in format string`);
    at = next + 2;
  }
  return parts;
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function padYear(year: number): string {
  if (year >= 0 && year <= 9999) return pad(year, 4);
  throw new MongoError(
    'Location18537',
    `Could not convert date to string: date component was outside the supported range of 0-9999: ${year}`,
  );
}

type Writer = (localMs: number, offsetMs: number) => string;

const writers: Readonly<Record<string, Writer>> = {
  b: (ms) => (monthNames[calendarDate(ms).month - 1] as string).slice(0, 3),
  B: (ms) => monthNames[calendarDate(ms).month - 1] as string,
  d: (ms) => pad(calendarDate(ms).day, 2),
  G: (ms) => padYear(isoWeek(ms).year),
  H: (ms) => pad(timeOfDay(ms).hour, 2),
  j: (ms) => pad(dayOfYear(ms), 3),
  L: (ms) => pad(timeOfDay(ms).millisecond, 3),
  m: (ms) => pad(calendarDate(ms).month, 2),
  M: (ms) => pad(timeOfDay(ms).minute, 2),
  S: (ms) => pad(timeOfDay(ms).second, 2),
  u: (ms) => String(isoWeekday(ms)),
  U: (ms) => pad(weekOfYear(ms), 2),
  V: (ms) => pad(isoWeek(ms).week, 2),
  w: (ms) => String(weekday(ms) + 1),
  Y: (ms) => padYear(calendarDate(ms).year),
  z: (_, offsetMs) => {
    const minutes = Math.trunc(Math.abs(offsetMs) / minuteMs);
    return `${offsetMs < 0 ? '-' : '+'}${pad(Math.trunc(minutes / 60), 2)}${pad(minutes % 60, 2)}`;
  },
  Z: (_, offsetMs) => String(Math.trunc(offsetMs / minuteMs)),
};

/** A local time in a format. Throws 18537 for years that do not have four digits. */
export function writeDate(parts: readonly FormatPart[], localMs: number, offsetMs: number): string {
  let text = '';
  for (const part of parts) {
    text += 'text' in part ? part.text : (writers[part.conversion] as Writer)(localMs, offsetMs);
  }
  return text;
}

interface Found {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  isoYear?: number;
  isoWeek?: number;
  isoDay?: number;
  hour?: number;
  minute?: number;
  second?: number;
  millisecond?: number;
  offsetMs?: number;
}

interface Reader {
  readonly pattern: RegExp;
  read(match: RegExpExecArray, found: Found): void;
}

function digits(most: number, least: number, read: (value: number, found: Found) => void): Reader {
  return {
    pattern: new RegExp(`\\d{${least},${most}}`, 'y'),
    read: (match, found) => read(Number(match[0]), found),
  };
}

function readMonthName(match: RegExpExecArray, found: Found): void {
  const short = match[0].slice(0, 3).toLowerCase();
  found.month = monthNames.findIndex((name) => name.slice(0, 3).toLowerCase() === short) + 1;
}

const monthPattern =
  /jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?/iy;

const readers: Readonly<Record<string, Reader>> = {
  b: { pattern: monthPattern, read: readMonthName },
  B: { pattern: monthPattern, read: readMonthName },
  d: digits(2, 1, (value, found) => {
    found.day = value;
  }),
  G: digits(4, 4, (value, found) => {
    found.isoYear = value;
  }),
  H: digits(2, 1, (value, found) => {
    found.hour = value;
  }),
  j: digits(3, 1, (value, found) => {
    found.dayOfYear = value;
  }),
  L: digits(3, 1, (value, found) => {
    found.millisecond = value;
  }),
  m: digits(2, 1, (value, found) => {
    found.month = value;
  }),
  M: digits(2, 1, (value, found) => {
    found.minute = value;
  }),
  S: digits(2, 1, (value, found) => {
    found.second = value;
  }),
  u: digits(1, 1, (value, found) => {
    found.isoDay = value;
  }),
  V: digits(2, 1, (value, found) => {
    found.isoWeek = value;
  }),
  Y: digits(4, 4, (value, found) => {
    found.year = value;
  }),
  z: {
    pattern: /([+-])(\d{2}):?(\d{2})?|Z/iy,
    read: ([, sign, hours = '0', minutes = '0'], found) => {
      const magnitudeMs = Number(hours) * hourMs + Number(minutes) * minuteMs;
      found.offsetMs = sign === '-' ? -magnitudeMs : magnitudeMs;
    },
  },
  Z: {
    pattern: /([+-])(\d{1,4})/y,
    read: ([, sign, minutes = '0'], found) => {
      found.offsetMs = Number(minutes) * (sign === '-' ? -minuteMs : minuteMs);
    },
  },
};

/** The date in a text of this format, or undefined where the text does not follow it or gives no whole date. */
export function readDate(parts: readonly FormatPart[], text: string): ParsedDate | undefined {
  const found: Found = {};
  let at = 0;
  for (const part of parts) {
    if ('text' in part) {
      if (!text.startsWith(part.text, at)) return undefined;
      at += part.text.length;
      continue;
    }
    const { pattern, read } = readers[part.conversion] as Reader;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    read(match, found);
    at += match[0].length;
  }
  return at === text.length ? assemble(found) : undefined;
}

function assemble(found: Found): ParsedDate | undefined {
  const days = dayOf(found);
  const { hour = 0, minute = 0, second = 0, millisecond = 0, offsetMs } = found;
  if (days === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  return { localMs: days * dayMs + instantOf(1970, 1, 1, hour, minute, second, millisecond), offsetMs };
}

/** Days since 1970, from whichever way the date was given. */
function dayOf(found: Found): number | undefined {
  if (found.isoYear !== undefined) {
    const { isoWeek: week = 1, isoDay = 1 } = found;
    return week >= 1 && week <= 53 && isoDay >= 1 && isoDay <= 7
      ? dayNumberOfIsoWeek(found.isoYear, week, isoDay)
      : undefined;
  }
  if (found.year === undefined) return undefined;
  // The parser that MongoDB uses counts these days from 0, so that 1 is the second of January.
  if (found.dayOfYear !== undefined) return dayNumberOf(found.year, 1, 1) + found.dayOfYear;
  const { month, day } = found;
  if (month === undefined || day === undefined || month < 1 || month > 12 || day < 1) return undefined;
  return day <= daysInMonth(found.year, month) ? dayNumberOf(found.year, month, day) : undefined;
}
