import { expect, it } from 'vitest';
import { DropHistory } from './drop-history.ts';

it('knows what was dropped after a version', () => {
  const drops = new DropHistory();
  drops.note('test.c', 5);
  expect([drops.hasSince(4, 'test.c'), drops.hasSince(5, 'test.c'), drops.hasSince(0, 'test.other')]).toEqual([
    true,
    false,
    false,
  ]);
});

it('takes what it has forgotten as dropped when the last forgotten one was', () => {
  const drops = new DropHistory();
  for (let version = 1; version <= 10_010; version++) drops.note(`test.${version}`, version);
  expect([drops.hasSince(9, 'test.1'), drops.hasSince(9, 'test.never'), drops.hasSince(10, 'test.never')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(drops.hasSince(10, 'test.11')).toBe(true);
});
