import { describe, expect, it } from 'vitest';
import { parseFormat, readDate, writeDate } from './date-format.ts';
import { findDate } from './date-text.ts';

function utcOf(text: string): string | undefined {
  const found = findDate(text);
  return found === undefined ? undefined : new Date(found.localMs - (found.offsetMs ?? 0)).toISOString();
}

describe('dates in free text', () => {
  it('are read in many forms', () => {
    const noon = '2024-06-15T12:00:00.000Z';
    for (const text of [
      '2024-06-15T12:00:00Z',
      '2024-06-15 12:00',
      '20240615T120000',
      '15 June 2024 12:00',
      'Jun 15, 2024 12:00pm',
      'Saturday, 15-Jun-2024 14:00:00 +02:00',
      '6/15/2024 8am EDT',
      '2024/06/15 12:00:00.000 UTC',
    ]) {
      expect(utcOf(text), text).toBe(noon);
    }
  });

  it('must be whole, real and given once', () => {
    for (const text of ['', 'noon', '2024', '12:00', '2023-02-29', '2024-13-01', '2024-01-01 2024-01-02', 'tomorrow']) {
      expect(utcOf(text), text).toBeUndefined();
    }
  });
});

describe('date formats', () => {
  it('write what they read', () => {
    const format = parseFormat('%d %b %Y, %H:%M:%S.%L %z', 'write');
    const text = writeDate(format, Date.UTC(2024, 5, 15, 13, 45, 30, 123), -5.5 * 3_600_000);
    expect(text).toBe('15 Jun 2024, 13:45:30.123 -0530');
    const read = readDate(parseFormat('%d %b %Y, %H:%M:%S.%L %z', 'read'), text);
    expect(read).toEqual({ localMs: Date.UTC(2024, 5, 15, 13, 45, 30, 123), offsetMs: -5.5 * 3_600_000 });
  });

  it('refuse unknown conversions and a lone percent sign', () => {
    expect(() => parseFormat('%Q', 'write')).toThrow('%Q');
    expect(() => parseFormat('%w', 'read')).toThrow('%w');
    expect(() => parseFormat('100%', 'write')).toThrow('Unmatched');
  });

  it('have no room for years beyond four digits', () => {
    expect(() => writeDate(parseFormat('%Y', 'write'), Date.UTC(10_000, 0, 1), 0)).toThrow('0-9999');
  });
});
