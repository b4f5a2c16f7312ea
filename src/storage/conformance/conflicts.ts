import { describe, expect, it } from 'vitest';
import { MongoError } from '../../error/mongo-error.ts';
import type { StorageTransaction } from '../engine.ts';
import {
  commitRecords,
  type EngineFactory,
  readNewest,
  readText,
  records,
  thrownBy,
  useEngine,
} from './engine-under-test.ts';

/** First updater wins, at the statement. */
export function describeConflicts(factory: EngineFactory): void {
  describe('a write conflict', () => {
    const present = useEngine(factory);

    async function conflict(transaction: StorageTransaction, key = 'a'): Promise<MongoError> {
      const thrown = await thrownBy(() => transaction.write(records(1, { [key]: 'loser' })));
      expect(thrown).toBeInstanceOf(MongoError);
      expect(thrown).toMatchObject({ codeName: 'WriteConflict', code: 112 });
      return thrown as MongoError;
    }

    it('names the open winner and resolves when it commits', async () => {
      const winner = await present.engine.begin({ owner: 'transaction 3 of session s1' });
      const loser = await present.engine.begin({ owner: 'transaction 1 of session s2' });
      await winner.write(records(1, { a: 'winner' }));
      const { message, details } = await conflict(loser);
      expect(message).toContain('transaction 3 of session s1');
      expect(details.resolved).toBeInstanceOf(Promise);
      await winner.commit('visible');
      await details.resolved;
      expect((await conflict(loser)).details.resolved).toBeUndefined();
      loser.abort();
      const retry = await present.engine.begin();
      await retry.write(records(1, { a: 'retry' }));
      await retry.commit('visible');
      expect(await readNewest(present.engine, 1)).toEqual(['a=retry']);
    });

    it('resolves when the winner aborts, and the loser may then write after all', async () => {
      const winner = await present.engine.begin();
      const loser = await present.engine.begin();
      await winner.write(records(1, { a: 'winner' }));
      const { details } = await conflict(loser);
      winner.abort();
      await details.resolved;
      await loser.write(records(1, { a: 'second' }));
      await loser.commit('visible');
      expect(await readNewest(present.engine, 1)).toEqual(['a=second']);
    });

    it('with a commit after the snapshot names its owner and has nothing to wait for', async () => {
      const loser = await present.engine.begin();
      const winner = await present.engine.begin({ owner: 'transaction 7 of session s1' });
      await winner.write(records(1, { a: 'winner' }));
      await winner.commit('visible');
      const { message, details } = await conflict(loser);
      expect(message).toContain('transaction 7 of session s1');
      expect(details.resolved).toBeUndefined();
      loser.abort();
    });

    it('holds for inserts and removals as for changes', async () => {
      await commitRecords(present.engine, 1, { gone: 'x' });
      const transactions = [await present.engine.begin(), await present.engine.begin()] as const;
      await transactions[0].write(records(1, { fresh: 'x', gone: undefined }));
      await conflict(transactions[1], 'fresh');
      await conflict(transactions[1], 'gone');
      await transactions[0].commit('visible');
      await conflict(transactions[1], 'fresh');
      await conflict(transactions[1], 'gone');
      transactions[1].abort();
    });

    it('applies nothing of the losing statement and keeps the earlier ones', async () => {
      const winner = await present.engine.begin();
      const loser = await present.engine.begin();
      await loser.write(records(1, { earlier: 'kept' }));
      await winner.write(records(1, { c: 'winner' }));
      expect(await thrownBy(() => loser.write(records(1, { b: 'x', c: 'x', d: 'x' })))).toBeInstanceOf(MongoError);
      expect(await readText(loser, 1, 'b')).toBeUndefined();
      const third = await present.engine.begin();
      await third.write(records(1, { b: 'third', d: 'third' }));
      await third.commit('visible');
      await winner.commit('visible');
      expect(await readText(loser, 1, 'earlier')).toBe('kept');
      await loser.commit('visible');
      expect(await readNewest(present.engine, 1)).toEqual(['b=third', 'c=winner', 'd=third', 'earlier=kept']);
    });

    it('is not caused by the same key of another table, by own writes or by readers', async () => {
      await commitRecords(present.engine, 1, { a: 'old' });
      const reader = await present.engine.begin({ readOnly: true });
      const pinned = await present.engine.pin();
      const first = await present.engine.begin();
      const second = await present.engine.begin();
      await first.write(records(1, { a: '1' }));
      await first.write(records(1, { a: '2' }));
      await second.write(records(2, { a: '3' }));
      await second.commit('visible');
      await first.commit('visible');
      expect(await readText(reader, 1, 'a')).toBe('old');
      reader.abort();
      pinned.release();
    });

    it('is remembered through an abort in between', async () => {
      const old = await present.engine.begin();
      await commitRecords(present.engine, 1, { a: 'committed' });
      const other = await present.engine.begin();
      await other.write(records(1, { a: 'dropped' }));
      other.abort();
      await conflict(old);
      old.abort();
    });

    it('is decided against the oldest of many open snapshots', async () => {
      const open: StorageTransaction[] = [];
      for (let round = 0; round < 10; round++) {
        open.push(await present.engine.begin());
        await commitRecords(present.engine, 1, { [`k${round}`]: 'x' });
      }
      for (const [begun, transaction] of open.entries()) {
        for (let round = 0; round < 10; round++) {
          const key = `k${round}`;
          if (round >= begun) await conflict(transaction, key);
          else {
            await transaction.write(records(1, { [key]: `again ${begun}` }));
          }
        }
        transaction.abort();
      }
    });

    it('is counted', async () => {
      const winner = await present.engine.begin();
      const loser = await present.engine.begin();
      await winner.write(records(1, { a: 'x' }));
      await conflict(loser);
      await conflict(loser);
      expect(present.engine.statistics()).toMatchObject({ conflicts: 2, openTransactions: 2 });
      winner.abort();
      loser.abort();
    });
  });
}
