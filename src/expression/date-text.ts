/**
 * Dates in free text, as `$dateFromString` and `$toDate` read them without a format: a date, a time and a zone in any
 * order, each at most once. Forms follow PHP's date formats, which MongoDB's parser is built on; relative expressions
 * ("tomorrow") are refused as they are there.
 */
import { daysInMonth, hourMs, instantOf, minuteMs } from './calendar.ts';

export interface ParsedDate {
  /** Local time as if it were UTC. */
  readonly localMs: number;
  /** The offset in the text, if there is one. */
  readonly offsetMs: number | undefined;
}

interface Found {
  year?: number;
  month?: number;
  day?: number;
  hour?: number;
  minute?: number;
  second?: number;
  millisecond?: number;
  offsetMs?: number;
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const month =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const weekdays = '(?:sun|mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur)(?:day)?';

interface Form {
  readonly pattern: RegExp;
  /** Puts what was matched into the result; false where it cannot be. */
  take(match: RegExpExecArray, found: Found): boolean;
}

function form(source: string, take: Form['take']): Form {
  return { pattern: new RegExp(source, 'iy'), take };
}

function setDate(
  found: Found,
  year: string | undefined,
  monthText: string | undefined,
  day: string | undefined,
): boolean {
  if (found.year !== undefined || found.month !== undefined) return false;
  found.year = Number(year);
  found.month = Number(monthText);
  found.day = Number(day ?? 1);
  return true;
}

function monthOf(name: string | undefined): string {
  return String(monthNames.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1);
}

function setTime(found: Found, parts: readonly (string | undefined)[], halfDay?: string): boolean {
  if (found.hour !== undefined) return false;
  const [hourText, minuteText, secondText, fraction] = parts;
  let hour = Number(hourText);
  if (halfDay !== undefined) {
    if (hour < 1 || hour > 12) return false;
    hour = (hour % 12) + (halfDay.toLowerCase().startsWith('p') ? 12 : 0);
  }
  found.hour = hour;
  found.minute = Number(minuteText ?? 0);
  found.second = Number(secondText ?? 0);
  found.millisecond = fraction === undefined ? 0 : Math.trunc(Number(`0.${fraction}`) * 1000 + 1e-6);
  return found.hour <= 24 && found.minute < 60 && found.second <= 60;
}

function setOffset(found: Found, offsetMs: number): boolean {
  if (found.offsetMs !== undefined) return false;
  found.offsetMs = offsetMs;
  return true;
}

const zoneHours: Readonly<Record<string, number>> = {
  z: 0,
  utc: 0,
  gmt: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};

const time = '(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,:](\\d+))?)?';

/** Tried in this order at each position. */
const forms: readonly Form[] = [
  form('[ \\t\\n\\r\\0\\u00a0,;]+', () => true),
  form(`${weekdays}\\b\\.?`, () => true),
  form('([+-]?\\d{4})-(\\d{1,2})-(\\d{1,2})(?!\\d)', (m, found) => setDate(found, m[1], m[2], m[3])),
  form('(\\d{4})/(\\d{1,2})/(\\d{1,2})(?!\\d)', (m, found) => setDate(found, m[1], m[2], m[3])),
  form('(\\d{1,2})/(\\d{1,2})/(\\d{4})(?!\\d)', (m, found) => setDate(found, m[3], m[1], m[2])),
  form('(\\d{1,2})[.-](\\d{1,2})[.-](\\d{4})(?!\\d)', (m, found) => setDate(found, m[3], m[2], m[1])),
  form('(\\d{4})(\\d{2})(\\d{2})(?!\\d)', (m, found) => setDate(found, m[1], m[2], m[3])),
  form(`(\\d{1,2})(?:st|nd|rd|th)?[ \\t.-]*${month}[ \\t.,-]*(\\d{4})(?!\\d|:)`, (m, found) =>
    setDate(found, m[3], monthOf(m[2]), m[1]),
  ),
  form(`${month}[ \\t.-]*(\\d{1,2})(?:st|nd|rd|th)?[ \\t.,-]+(\\d{4})(?!\\d|:)`, (m, found) =>
    setDate(found, m[3], monthOf(m[1]), m[2]),
  ),
  form(`(\\d{4})[ \\t.-]*${month}[ \\t.-]*(\\d{1,2})(?!\\d|:)`, (m, found) =>
    setDate(found, m[1], monthOf(m[2]), m[3]),
  ),
  form(`${month}[ \\t.-]*(\\d{1,2})(?:st|nd|rd|th)?(?!\\d|:)`, (m, found) => {
    if (found.month !== undefined) return false;
    found.month = Number(monthOf(m[1]));
    found.day = Number(m[2]);
    return true;
  }),
  form(`[tT]?${time}[ \\t]*([ap])\\.?m\\.?(?![a-z])`, (m, found) => setTime(found, m.slice(1, 5), m[5])),
  form('(\\d{1,2})[ \\t]*([ap])\\.?m\\.?(?![a-z])', (m, found) => setTime(found, [m[1]], m[2])),
  form(`[tT]?${time}`, (m, found) => setTime(found, m.slice(1, 5))),
  form('[tT](\\d{2})(\\d{2})(\\d{2})(?:[.,](\\d+))?', (m, found) => setTime(found, m.slice(1, 5))),
  form('(?:gmt|utc)?([+-])(\\d{1,2})(?::?(\\d{2}))?(?!\\d)', (m, found) => {
    const magnitudeMs = Number(m[2]) * hourMs + Number(m[3] ?? 0) * minuteMs;
    return setOffset(found, m[1] === '-' ? -magnitudeMs : magnitudeMs);
  }),
  form('(z|utc|gmt|[ecmp][sd]t)\\b', (m, found) =>
    setOffset(found, (zoneHours[(m[1] as string).toLowerCase()] as number) * hourMs),
  ),
  form('(\\d{4})(?!\\d)', (m, found) => {
    if (found.year !== undefined) return false;
    found.year = Number(m[1]);
    return found.month !== undefined;
  }),
];

/** The date in a text, or undefined where there is none, or not a whole one, or two. */
export function findDate(text: string): ParsedDate | undefined {
  const found: Found = {};
  for (let at = 0; at < text.length; ) {
    const next = matchAt(text, at, found);
    if (next === undefined) return undefined;
    at = next;
  }
  const { year, month: monthNumber, day } = found;
  if (year === undefined || monthNumber === undefined || day === undefined) return undefined;
  if (monthNumber < 1 || monthNumber > 12 || day < 1 || day > daysInMonth(year, monthNumber)) return undefined;
  const { hour = 0, minute = 0, second = 0, millisecond = 0, offsetMs } = found;
  return { localMs: instantOf(year, monthNumber, day, hour, minute, second, millisecond), offsetMs };
}

/** Where the first form that fits ends, or undefined. */
function matchAt(text: string, at: number, found: Found): number | undefined {
  for (const { pattern, take } of forms) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return take(match, found) ? pattern.lastIndex : undefined;
  }
  return undefined;
}
