import { describe, expect, it } from 'vitest';
import { isMet, median } from './benchmark.ts';
import { printReport } from './report.ts';

describe('the report', () => {
  it('stands targets beside figures and says what failed', () => {
    const benchmark = { name: 'point', what: 'one document' };
    const report = printReport([
      {
        benchmark,
        figures: [
          { name: 'find', value: 0.6, unit: 'x', target: { atLeast: 0.55 }, note: 'of 10/s' },
          { name: 'start', value: 1234.5, unit: 'ms', target: { atMost: 400 } },
        ],
        failure: 'the server ended',
      },
    ]);
    expect(report.split('\n')).toEqual([
      'figure   measured  target             made of',
      'point: one document',
      '  find   0.60x     >= 0.55x   met     of 10/s',
      '  start  1,235 ms  <= 400 ms  MISSED',
      '  failed: the server ended',
    ]);
  });

  it('knows no verdict without a target', () => {
    expect(isMet({ name: 'x', value: 1, unit: '/s' })).toBeUndefined();
  });

  it('counts the median', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});
