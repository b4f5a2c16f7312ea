/**
 * Time zones: offsets (`+05:30`, `-03`, `+0545`) and names of the Olson database, whose rules JavaScript's Intl knows.
 * Offsets are in milliseconds, positive east of Greenwich.
 */
import { MongoError } from '../error/mongo-error.ts';
import { dayMs, hourMs, instantOf, minuteMs } from './calendar.ts';

export interface TimeZone {
  /** How far local time is ahead of UTC at this instant. */
  offsetMs(utcMs: number): number;
}

class FixedOffset implements TimeZone {
  readonly #offsetMs: number;
  constructor(offsetMs: number) {
    this.#offsetMs = offsetMs;
  }
  offsetMs(): number {
    return this.#offsetMs;
  }
}

export const utc: TimeZone = new FixedOffset(0);

/** No zone changes its offset inside of a quarter of an hour. */
const bucketMs = 15 * minuteMs;
const keptBuckets = 10_000;

class NamedZone implements TimeZone {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
  }

  offsetMs(utcMs: number): number {
    const bucket = Math.floor(utcMs / bucketMs);
    const known = this.#offsets.get(bucket);
    if (known !== undefined) return known;
    if (this.#offsets.size >= keptBuckets) this.#offsets.clear();
    const offsetMs = this.#calculate(bucket * bucketMs);
    this.#offsets.set(bucket, offsetMs);
    return offsetMs;
  }

  #calculate(utcMs: number): number {
    const parts = new Map<string, string>();
    for (const { type, value } of this.#format.formatToParts(utcMs)) parts.set(type, value);
    const number = (type: string): number => Number(parts.get(type));
    const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
    const localMs = instantOf(year, number('month'), number('day'), number('hour'), number('minute'), number('second'));
    return localMs - utcMs;
  }
}

const named = new Map<string, TimeZone | undefined>();
const keptNames = 1000;
const offset = /^([+-])(\d{2})(?::?(\d{2}))?$/;

/** The zone of an identifier. Throws 40485 where there is none. */
export function parseTimeZone(identifier: string): TimeZone {
  const found = findTimeZone(identifier);
  if (found === undefined) {
    throw new MongoError('Location40485', `unrecognized time zone identifier: "${identifier}"`);
  }
  return found;
}

function findTimeZone(identifier: string): TimeZone | undefined {
  if (named.has(identifier)) return named.get(identifier);
  const zone = makeTimeZone(identifier);
  if (named.size >= keptNames) named.clear();
  named.set(identifier, zone);
  return zone;
}

function makeTimeZone(identifier: string): TimeZone | undefined {
  const match = offset.exec(identifier);
  if (match !== null) {
    const [, sign, hours, minutes = '0'] = match;
    const magnitudeMs = Number(hours) * hourMs + Number(minutes) * minuteMs;
    return new FixedOffset(sign === '-' ? -magnitudeMs : magnitudeMs);
  }
  if (identifier === 'UTC' || identifier === 'GMT') return utc;
  return hasOlsonSpelling(identifier) ? makeNamedZone(identifier) : undefined;
}

function makeNamedZone(identifier: string): TimeZone | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: identifier,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const { timeZone } = format.resolvedOptions();
    // Intl does not mind the case of a name, MongoDB does.
    const isOtherCase = timeZone !== identifier && timeZone.toLowerCase() === identifier.toLowerCase();
    return isOtherCase ? undefined : new NamedZone(format);
  } catch {
    return undefined;
  }
}

/** Names begin with a capital; an area and a place are not written in capitals throughout. */
function hasOlsonSpelling(identifier: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+/-]*$/.test(identifier)) return false;
  const [area = '', place] = identifier.split('/');
  return place === undefined || !/^[A-Z]{4,}/.test(area);
}

/**
 * The instant at which a zone's clocks show this local time. A time that the clocks skip counts with the offset from before
 * the jump; of a time that they show twice, the first is meant.
 */
export function toUtc(localMs: number, zone: TimeZone): number {
  if (zone instanceof FixedOffset) return localMs - zone.offsetMs();
  const before = zone.offsetMs(localMs - dayMs);
  if (zone.offsetMs(localMs - before) === before) return localMs - before;
  const after = zone.offsetMs(localMs + dayMs);
  return zone.offsetMs(localMs - after) === after ? localMs - after : localMs - before;
}
