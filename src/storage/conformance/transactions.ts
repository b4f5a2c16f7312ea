import { describe, expect, it } from 'vitest';
import {
  commitRecords,
  type EngineFactory,
  readNewest,
  readRange,
  readText,
  records,
  useEngine,
} from './engine-under-test.ts';

/** What one transaction alone may rely on. */
export function describeTransactions(factory: EngineFactory): void {
  describe('a transaction', () => {
    const present = useEngine(factory);

    it('finds nothing in a table that was never written to', async () => {
      const transaction = await present.engine.begin();
      expect(await transaction.get(1, 'a')).toBeUndefined();
      expect(await transaction.getMany(1, ['a', 'b'])).toEqual([undefined, undefined]);
      expect(await transaction.scan(1, {}, { limit: 10 })).toEqual({ keys: [], values: [], more: false });
      await transaction.commit('visible');
    });

    it('reads what an earlier one committed', async () => {
      await commitRecords(present.engine, 1, { a: 'one', b: 'two' });
      const transaction = await present.engine.begin();
      expect(await readText(transaction, 1, 'a')).toBe('one');
      expect(await transaction.getMany(1, ['b', 'c', 'a'])).toEqual([
        Buffer.from('two'),
        undefined,
        Buffer.from('one'),
      ]);
      transaction.abort();
    });

    it('reads its own writes, removals and rewrites before it commits', async () => {
      await commitRecords(present.engine, 1, { a: 'one', b: 'two' });
      const transaction = await present.engine.begin();
      await transaction.write(records(1, { a: 'changed', b: undefined, c: 'new' }));
      expect(await transaction.getMany(1, ['a', 'b', 'c'])).toEqual([
        Buffer.from('changed'),
        undefined,
        Buffer.from('new'),
      ]);
      await transaction.write(records(1, { a: undefined, b: 'back', c: 'newer' }));
      expect(await readRange(transaction, 1)).toEqual(['b=back', 'c=newer']);
      await transaction.commit('visible');
      expect(await readNewest(present.engine, 1)).toEqual(['b=back', 'c=newer']);
    });

    it('lets the last of several writes of a key in one statement win', async () => {
      await commitRecords(present.engine, 1, { a: 'one' });
      const transaction = await present.engine.begin();
      await transaction.write([
        ...records(1, { a: undefined }),
        ...records(1, { a: 'two' }),
        ...records(1, { b: 'b' }),
      ]);
      await transaction.write([...records(1, { b: 'bb' }), ...records(1, { b: undefined })]);
      await transaction.commit('visible');
      expect(await readNewest(present.engine, 1)).toEqual(['a=two']);
      expect(await present.engine.tableSize(1)).toEqual({ records: 1, bytes: 4 });
    });

    it('commits to several tables at once', async () => {
      const transaction = await present.engine.begin();
      await transaction.write([...records(1, { a: 'one' }), ...records(4_000_000_000, { a: 'two' })]);
      await transaction.commit('journaled');
      expect(await readNewest(present.engine, 1)).toEqual(['a=one']);
      expect(await readNewest(present.engine, 4_000_000_000)).toEqual(['a=two']);
      expect(await readNewest(present.engine, 2)).toEqual([]);
    });

    it('leaves nothing behind when it aborts', async () => {
      await commitRecords(present.engine, 1, { a: 'one' });
      const transaction = await present.engine.begin();
      await transaction.write(records(1, { a: 'changed', b: 'new' }));
      transaction.abort();
      transaction.abort();
      expect(await readNewest(present.engine, 1)).toEqual(['a=one']);
      expect(present.engine.statistics().openTransactions).toBe(0);
    });

    it('takes empty keys, empty values, keys of any byte and of the longest length', async () => {
      const longest = 'k'.repeat(Math.min(present.engine.capabilities.keyBytes, 10_000));
      const keys = ['', '\0', '\0\0', 'a\0b', '\xff', '\xff\xff', longest].sort();
      const transaction = await present.engine.begin();
      await transaction.write(keys.map((key) => ({ table: 1, key, value: Buffer.alloc(0) })));
      await transaction.commit('visible');
      const reader = await present.engine.begin();
      const batch = await reader.scan(1, {}, { limit: 100 });
      expect(batch.keys).toEqual(keys);
      expect(batch.values.every((value) => Buffer.isBuffer(value) && value.length === 0)).toBe(true);
      for (const key of keys) expect(await reader.get(1, key)).toEqual(Buffer.alloc(0));
      reader.abort();
    });

    it('takes values of 16 MiB and more', async () => {
      const sizes = [1, 4095, 4096, 16_384, 100_000, 17 * 1024 * 1024];
      const transaction = await present.engine.begin();
      await transaction.write(
        sizes.map((size) => ({ table: 1, key: `${size}`, value: Buffer.alloc(size, size % 251) })),
      );
      await transaction.commit('visible');
      const reader = await present.engine.begin();
      for (const size of sizes) {
        expect((await reader.get(1, `${size}`))?.equals(Buffer.alloc(size, size % 251))).toBe(true);
      }
      reader.abort();
    });

    it.each([
      ['names', (index: number) => `${1000 + index}`],
      ['RecordIds', (index: number) => `\0\0\0\0\0\0${String.fromCharCode(index >> 7, index & 0x7f)}`],
    ] as const)('hands out values that stay as they are, whatever happens later (keys: %s)', async (_keys, keyOf) => {
      const count = 300;
      const texts = Object.fromEntries(
        Array.from({ length: count }, (_, index) => [keyOf(index), `first ${1000 + index}`]),
      );
      await commitRecords(present.engine, 1, texts);
      const reader = await present.engine.begin();
      const first = await reader.get(1, keyOf(0));
      const batch = await reader.scan(1, {}, { limit: count });
      const single = await reader.get(1, keyOf(7));
      await reader.commit('visible');
      for (let round = 0; round < 5; round++) {
        const changed = Object.fromEntries(
          Object.keys(texts).map((key) => [key, `round ${round}${'0'.repeat(round % 2 === 0 ? 3 : 40)}`]),
        );
        await commitRecords(present.engine, 1, changed);
        await readNewest(present.engine, 1);
      }
      expect(batch.values.map((value) => value.toString())).toEqual(Object.values(texts));
      expect([first?.toString(), single?.toString()]).toEqual(['first 1000', 'first 1007']);
    });

    it('counts records and bytes exactly', async () => {
      await commitRecords(present.engine, 1, { a: '1', bb: '22', ccc: '333' });
      await commitRecords(present.engine, 2, { x: 'y' });
      expect(await present.engine.tableSize(1)).toEqual({ records: 3, bytes: 12 });
      await commitRecords(present.engine, 1, { a: undefined, bb: '4444', never: undefined });
      expect(await present.engine.tableSize(1)).toEqual({ records: 2, bytes: 12 });
      expect(await present.engine.tableSize(2)).toEqual({ records: 1, bytes: 2 });
      expect(await present.engine.tableSize(3)).toEqual({ records: 0, bytes: 0 });
    });

    it('commits many at once, each whole', async () => {
      const writers = Array.from({ length: 50 }, async (_, index) => {
        const transaction = await present.engine.begin();
        await transaction.write(records(1, { [`a${index}`]: 'x', [`b${index}`]: 'y' }));
        await transaction.commit(index % 2 === 0 ? 'journaled' : 'visible');
        expect(await readNewest(present.engine, 1, { lower: `a${index}`, upper: `a${index}` })).toEqual([
          `a${index}=x`,
        ]);
      });
      await Promise.all(writers);
      expect(await present.engine.tableSize(1)).toEqual({ records: 100, bytes: 100 + writers.length * 4 + 80 });
      expect(present.engine.statistics().commits).toBe(50);
    });
  });
}
