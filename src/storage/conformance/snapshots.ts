import { describe, expect, it } from 'vitest';
import { isMongoError } from '../../error/mongo-error.ts';
import type { Snapshot } from '../engine.ts';
import { commitRecords, type EngineFactory, readNewest, readRange, thrownBy, useEngine } from './engine-under-test.ts';

/** States that stay readable: pins, and tables that are dropped under them. */
export function describeSnapshots(factory: EngineFactory): void {
  describe('a pinned snapshot', () => {
    const present = useEngine(factory);

    async function readPinned(snapshot: Snapshot, table = 1): Promise<string[]> {
      const transaction = await present.engine.begin({ snapshot });
      const found = await readRange(transaction, table);
      await transaction.commit('visible');
      return found;
    }

    it('is read as it was, again and again, while the store goes on', async () => {
      const pins: Snapshot[] = [];
      for (let round = 0; round < 20; round++) {
        await commitRecords(present.engine, 1, { a: `${round}`, [`k${round}`]: 'x' });
        pins.push(await present.engine.pin());
      }
      await commitRecords(present.engine, 1, { a: 'last' });
      for (const [round, snapshot] of pins.entries()) {
        const found = await readPinned(snapshot);
        expect(found).toHaveLength(round + 2);
        expect(found[0]).toBe(`a=${round}`);
      }
      expect(present.engine.statistics().pinnedSnapshots).toBe(20);
      // Released out of order: each of the others stays readable.
      for (const index of [10, 0, 19, 5, 11]) pins[index]?.release();
      for (const [round, snapshot] of pins.entries()) {
        if (![10, 0, 19, 5, 11].includes(round)) expect((await readPinned(snapshot))[0]).toBe(`a=${round}`);
      }
      for (const snapshot of pins) snapshot.release();
      expect(present.engine.statistics().pinnedSnapshots).toBe(0);
    });

    it('knows nothing of tables that came later', async () => {
      const snapshot = await present.engine.pin();
      await commitRecords(present.engine, 9, { a: 'x' });
      expect(await readPinned(snapshot, 9)).toEqual([]);
      snapshot.release();
    });

    it('refuses new readers once released, and lets the old ones finish', async () => {
      await commitRecords(present.engine, 1, { a: 'old' });
      const snapshot = await present.engine.pin();
      const reader = await present.engine.begin({ snapshot });
      await commitRecords(present.engine, 1, { a: 'new' });
      snapshot.release();
      snapshot.release();
      await commitRecords(present.engine, 1, { a: 'newer' });
      expect(await readRange(reader, 1)).toEqual(['a=old']);
      reader.abort();
      const thrown = await thrownBy(() => present.engine.begin({ snapshot }));
      expect(isMongoError(thrown, 'SnapshotTooOld')).toBe(true);
    });

    it('tells emptied tables from filled ones at every state', async () => {
      const pins: Snapshot[] = [await present.engine.pin()];
      for (const value of ['1', undefined, '2', undefined, '3']) {
        await commitRecords(present.engine, 1, { a: value });
        pins.push(await present.engine.pin());
      }
      const found = await Promise.all(pins.map((snapshot) => readPinned(snapshot)));
      expect(found).toEqual([[], ['a=1'], [], ['a=2'], [], ['a=3']]);
      for (const snapshot of pins) snapshot.release();
    });
  });

  describe('dropping tables', () => {
    const present = useEngine(factory);

    it('hides them from those who begin later, never from those who read already', async () => {
      await commitRecords(present.engine, 1, { a: 'x', b: 'y' });
      await commitRecords(present.engine, 2, { a: 'x' });
      await commitRecords(present.engine, 3, { a: 'kept' });
      const pinned = await present.engine.pin();
      const reader = await present.engine.begin();
      await present.engine.dropTables([1, 2, 777]);
      expect(await readNewest(present.engine, 1)).toEqual([]);
      expect(await readNewest(present.engine, 2)).toEqual([]);
      expect(await readNewest(present.engine, 3)).toEqual(['a=kept']);
      expect(await present.engine.tableSize(1)).toEqual({ records: 0, bytes: 0 });
      expect(await readRange(reader, 1)).toEqual(['a=x', 'b=y']);
      reader.abort();
      const later = await present.engine.begin({ snapshot: pinned });
      expect(await readRange(later, 1)).toEqual(['a=x', 'b=y']);
      expect(await later.get(2, 'a')).toEqual(Buffer.from('x'));
      later.abort();
      pinned.release();
      await present.engine.dropTables([1]);
    });

    it('takes large ones while others work on', async () => {
      const texts = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`${index}`, 'x'.repeat(100)]));
      await commitRecords(present.engine, 1, texts);
      await present.engine.dropTables([1]);
      for (let round = 0; round < 10; round++) {
        await commitRecords(present.engine, 2, { [`${round}`]: 'x' });
        expect(await readNewest(present.engine, 1)).toEqual([]);
      }
      expect(await present.engine.tableSize(2)).toEqual({ records: 10, bytes: 20 });
    });
  });
}
