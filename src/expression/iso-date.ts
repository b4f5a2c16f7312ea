/** A date as `2024-01-31T09:05:07.123Z`; years beyond four digits in full, years before 0 with their sign. */
export function isoDate(date: Date): string {
  const text = date.toISOString();
  const expanded = /^([+-])(\d{6})(.*)$/.exec(text);
  if (expanded === null) return text;
  const [, sign, year, rest] = expanded;
  return `${sign === '-' ? '-' : ''}${String(Number(year)).padStart(4, '0')}${rest}`;
}
