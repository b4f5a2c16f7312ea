import { describe, expect, it } from 'vitest';
import { isMongoError, type MongoError } from '../../error/mongo-error.ts';
import { commitRecords, type EngineFactory, readNewest, records, thrownBy, useEngine } from './engine-under-test.ts';

/** The end of an engine. */
export function describeClosing(factory: EngineFactory): void {
  describe('closing', () => {
    const present = useEngine(factory);

    it('ends what is open: only abort is accepted from then on', async () => {
      const transaction = await present.engine.begin();
      await transaction.write(records(1, { a: 'x' }));
      const pinned = await present.engine.pin();
      const reader = await present.engine.begin({ snapshot: pinned });
      await present.engine.close();
      const calls = [
        () => transaction.get(1, 'a'),
        () => transaction.scan(1, {}, { limit: 1 }),
        () => transaction.write(records(1, { b: 'x' })),
        () => transaction.commit('visible'),
        () => reader.get(1, 'a'),
        () => present.engine.begin(),
        () => present.engine.pin(),
        () => present.engine.tableSize(1),
        () => present.engine.dropTables([1]),
        () => present.engine.flush(),
      ];
      for (const call of calls) expect(isMongoError(await thrownBy(call), 'InterruptedAtShutdown')).toBe(true);
      transaction.abort();
      reader.abort();
      pinned.release();
      await present.engine.close();
    });

    it('ends the wait of those who lost a conflict', async () => {
      const winner = await present.engine.begin();
      const loser = await present.engine.begin();
      await winner.write(records(1, { a: 'x' }));
      const thrown = await thrownBy(() => loser.write(records(1, { a: 'y' })));
      await present.engine.close();
      await (thrown as MongoError).details.resolved;
      winner.abort();
    });

    it('finishes the commits that were asked for', async () => {
      const commits = Array.from({ length: 10 }, (_, index) => commitRecords(present.engine, 1, { [`${index}`]: 'x' }));
      // Begun in the same turn, so that every one of them is on its way.
      await Promise.resolve();
      await Promise.resolve();
      await present.engine.close();
      const outcomes = await Promise.allSettled(commits);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(isMongoError(outcome.reason, 'InterruptedAtShutdown')).toBe(true);
      }
    });

    it('may be asked for twice at once', async () => {
      await Promise.all([present.engine.close(), present.engine.close()]);
    });
  });
}

/** What is left when a durable engine is opened again. */
export function describeDurability(factory: EngineFactory): void {
  describe('opening again', () => {
    const present = useEngine(factory);

    it('finds every record and every size as they were', async () => {
      await commitRecords(present.engine, 1, { a: 'x', b: 'yy' });
      await commitRecords(present.engine, 2, { a: 'x' });
      await commitRecords(present.engine, 1, { b: undefined, c: 'zzz' });
      const engine = await present.reopen();
      expect(await readNewest(engine, 1)).toEqual(['a=x', 'c=zzz']);
      expect(await engine.tableSize(1)).toEqual({ records: 2, bytes: 6 });
      expect(await engine.tableSize(2)).toEqual({ records: 1, bytes: 2 });
    });

    it('forgets what was not committed', async () => {
      await commitRecords(present.engine, 1, { a: 'x' });
      const open = await present.engine.begin();
      await open.write(records(1, { a: 'changed', b: 'new' }));
      expect(await readNewest(await present.reopen(), 1)).toEqual(['a=x']);
    });

    it('goes on removing a dropped table', async () => {
      const texts = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`${index}`, 'x']));
      await commitRecords(present.engine, 1, texts);
      await commitRecords(present.engine, 2, { a: 'kept' });
      await present.engine.dropTables([1]);
      const engine = await present.reopen();
      expect(await readNewest(engine, 1)).toEqual([]);
      expect(await engine.tableSize(1)).toEqual({ records: 0, bytes: 0 });
      expect(await readNewest(engine, 2)).toEqual(['a=kept']);
    });
  });
}
