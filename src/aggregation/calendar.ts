/** Units of time as window bounds, $densify and $derivative take them. */
export const timeUnits = [
  'millisecond',
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
] as const;

export type TimeUnit = (typeof timeUnits)[number];

const fixedMs: Readonly<Partial<Record<TimeUnit, number>>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

const months: Readonly<Partial<Record<TimeUnit, number>>> = { month: 1, quarter: 3, year: 12 };

export function isTimeUnit(text: unknown): text is TimeUnit {
  return timeUnits.some((unit) => unit === text);
}

/** Milliseconds of a unit that is always as long; undefined for months and longer. */
export function fixedUnitMs(unit: TimeUnit): number | undefined {
  return fixedMs[unit];
}

/** Milliseconds since 1970 moved on by so many units in UTC. A day that the month does not have becomes its last. */
export function addUnits(ms: number, unit: TimeUnit, count: number): number {
  const fixed = fixedMs[unit];
  if (fixed !== undefined) return ms + count * fixed;
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count * (months[unit] ?? 1));
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
}
