import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Rows of the page: what is asserted, in which file, by which test. */
function rows(): (readonly [asserted: string, file: string, title: string])[] {
  return readFileSync('docs/session-tests.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|') && /\.test\.ts/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, asserted = '', file = '', title = '']) => [asserted, file, title] as const);
}

describe('the page about the tests of sessions', () => {
  it('names tests that exist', () => {
    expect(rows().length).toBeGreaterThan(30);
    const missing = rows().filter(([, file, title]) => title === '' || !readFileSync(file, 'utf8').includes(title));
    expect(missing).toEqual([]);
  });
});
