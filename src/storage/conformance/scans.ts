import { describe, expect, it } from 'vitest';
import type { KeyRange } from '../engine.ts';
import { commitRecords, type EngineFactory, readRange, records, useEngine } from './engine-under-test.ts';

const letters = ['b', 'd', 'f', 'h', 'j'];
const bounds = [undefined, 'a', 'b', 'c', 'f', 'j', 'k'];

function everyRange(): KeyRange[] {
  const ranges: KeyRange[] = [];
  for (const lower of bounds) {
    for (const upper of bounds) {
      for (const lowerExclusive of [false, true]) {
        for (const upperExclusive of [false, true]) {
          ranges.push({
            ...(lower === undefined ? {} : { lower, lowerExclusive }),
            ...(upper === undefined ? {} : { upper, upperExclusive }),
          });
        }
      }
    }
  }
  return ranges;
}

function isWithin(key: string, range: KeyRange): boolean {
  const { lower, upper } = range;
  const isAbove = lower === undefined || key > lower || (key === lower && range.lowerExclusive !== true);
  const isBelow = upper === undefined || key < upper || (key === upper && range.upperExclusive !== true);
  return isAbove && isBelow;
}

function expected(keys: readonly string[], range: KeyRange, reverse: boolean): string[] {
  const found = keys.filter((key) => isWithin(key, range)).map((key) => `${key}=${key}`);
  return reverse ? found.reverse() : found;
}

/** Order, bounds, limits and directions, over stored records and own writes. */
export function describeScans(factory: EngineFactory): void {
  describe('a scan', () => {
    const present = useEngine(factory);
    const store = (): Promise<void> =>
      commitRecords(present.engine, 5, Object.fromEntries(letters.map((letter) => [letter, letter])));

    it.each([false, true])('keeps every kind of bounds, alone among other tables (reverse: %s)', async (reverse) => {
      await store();
      for (const table of [4, 6]) await commitRecords(present.engine, table, { '': 'x', a: 'x', '\xff': 'x' });
      const transaction = await present.engine.begin({ readOnly: true });
      for (const range of everyRange()) {
        for (const limit of [1, 2, 100]) {
          const found = await readRange(transaction, 5, range, { reverse, limit });
          expect(found, JSON.stringify({ range, limit })).toEqual(expected(letters, range, reverse));
        }
      }
      transaction.abort();
    });

    it.each([false, true])('mixes own writes in, at every limit and bound (reverse: %s)', async (reverse) => {
      await store();
      const transaction = await present.engine.begin();
      await transaction.write(records(5, { a: 'a', c: 'c', d: undefined, f: 'changed', k: 'k', x: undefined }));
      await transaction.write(records(5, { f: 'f', j: undefined, i: 'i', c: undefined }));
      const keys = ['a', 'b', 'f', 'h', 'i', 'k'];
      for (const range of everyRange()) {
        for (const limit of [1, 2, 3, 100]) {
          const found = await readRange(transaction, 5, range, { reverse, limit });
          expect(found, JSON.stringify({ range, limit })).toEqual(expected(keys, range, reverse));
        }
      }
      transaction.abort();
    });

    it('says whether there is more, exactly', async () => {
      await store();
      const transaction = await present.engine.begin();
      const more = async (range: KeyRange, limit: number): Promise<boolean> =>
        (await transaction.scan(5, range, { limit })).more;
      expect(await more({}, 5)).toBe(false);
      expect(await more({}, 4)).toBe(true);
      expect(await more({ upper: 'f' }, 3)).toBe(false);
      await transaction.write(records(5, { j: undefined }));
      expect(await more({}, 4)).toBe(false);
      await transaction.write(records(5, { z: 'z' }));
      expect(await more({}, 4)).toBe(true);
      expect(await more({}, 5)).toBe(false);
      transaction.abort();
    });

    it('passes over a long row of own removals', async () => {
      const keys = Array.from({ length: 500 }, (_, index) => `${1000 + index}`);
      await commitRecords(present.engine, 5, Object.fromEntries(keys.map((key) => [key, key])));
      const transaction = await present.engine.begin();
      await transaction.write(records(5, Object.fromEntries(keys.slice(1, -1).map((key) => [key, undefined]))));
      expect(await readRange(transaction, 5)).toEqual(['1000=1000', '1499=1499']);
      expect(await readRange(transaction, 5, {}, { reverse: true })).toEqual(['1499=1499', '1000=1000']);
      transaction.abort();
    });

    it('beside an own write says at once that there is more, however many records follow', async () => {
      const count = 20_000;
      const keys = Array.from({ length: count }, (_, index) => `${100_000 + index}`);
      await commitRecords(present.engine, 5, Object.fromEntries(keys.map((key) => [key, 'x'])));
      const transaction = await present.engine.begin();
      await transaction.write(records(5, { [`${100_000}`]: undefined }));
      const batch = await transaction.scan(5, {}, { limit: 1 });
      expect([batch.keys, batch.more]).toEqual([['100001'], true]);
      expect((await readRange(transaction, 5, {}, { limit: 2500 })).length).toBe(count - 1);
      transaction.abort();
    });

    it('orders keys by their bytes', async () => {
      const keys = ['', '\0', '\0\xff', '\x7f', '\x80', 'A', 'a', 'a\0', 'aa', '\xfe\xff', '\xff'];
      await commitRecords(present.engine, 5, Object.fromEntries([...keys].reverse().map((key) => [key, 'x'])));
      const transaction = await present.engine.begin();
      const batch = await transaction.scan(5, {}, { limit: 100 });
      expect(batch.keys).toEqual(
        [...keys].sort((left, right) => Buffer.from(left, 'latin1').compare(Buffer.from(right, 'latin1'))),
      );
      transaction.abort();
    });

    it('walks a large table in batches, forward and back', async () => {
      const count = 3000;
      const transaction = await present.engine.begin();
      const value = Buffer.alloc(5000, 1);
      await transaction.write(
        Array.from({ length: count }, (_, index) => ({ table: 5, key: `${10_000 + index}`, value })),
      );
      await transaction.commit('visible');
      const reader = await present.engine.begin();
      for (const reverse of [false, true]) {
        const found = await readRange(reader, 5, {}, { reverse, limit: 2500 });
        expect(found.length).toBe(count);
        expect(new Set(found).size).toBe(count);
      }
      reader.abort();
    });
  });
}
