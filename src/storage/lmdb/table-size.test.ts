import { describe, expect, it } from 'vitest';
import { addChange, type SizeChanges, TableSizes } from './table-size.ts';

function changes(table: number, records: number, bytes: number): SizeChanges {
  const made: SizeChanges = new Map();
  addChange(made, table, records, bytes);
  return made;
}

describe('table sizes', () => {
  it('are written as they will be once all groups under way are visible', () => {
    const sizes = new TableSizes();
    sizes.load(1, { records: 10, bytes: 100 });
    const [first, second] = [changes(1, 1, 10), changes(1, 2, 20)];
    expect(sizes.expect(first).get(1)).toEqual({ records: 11, bytes: 110 });
    expect(sizes.expect(second).get(1)).toEqual({ records: 13, bytes: 130 });
    expect(sizes.get(1)).toEqual({ records: 10, bytes: 100 });
    sizes.settle(first);
    expect(sizes.get(1)).toEqual({ records: 11, bytes: 110 });
    sizes.settle(second);
    expect(sizes.get(1)).toEqual({ records: 13, bytes: 130 });
  });

  it('are written again after a group failed that others had counted on', () => {
    const sizes = new TableSizes();
    const [first, second, third] = [changes(1, 1, 10), changes(1, 2, 20), changes(2, 1, 1)];
    sizes.expect(first);
    sizes.expect(second);
    sizes.fail(first);
    sizes.settle(second);
    expect(sizes.get(1)).toEqual({ records: 2, bytes: 20 });
    expect(Object.fromEntries(sizes.expect(third))).toEqual({
      1: { records: 2, bytes: 20 },
      2: { records: 1, bytes: 1 },
    });
    // Also when the group that was to repair it fails.
    sizes.fail(third);
    expect(sizes.expect(changes(3, 1, 1)).get(1)).toEqual({ records: 2, bytes: 20 });
  });
});
