import { describe, expect, it } from 'vitest';
import { MongoError } from '../../error/mongo-error.ts';
import {
  commitRecords,
  type EngineFactory,
  readNewest,
  readRange,
  readText,
  records,
  thrownBy,
  useEngine,
} from './engine-under-test.ts';

/** The anomalies of the literature, by name. */
export function describeIsolation(factory: EngineFactory): void {
  describe('isolation', () => {
    const present = useEngine(factory);

    it('has no dirty read: uncommitted writes are seen by nobody else', async () => {
      await commitRecords(present.engine, 1, { a: 'old' });
      const writer = await present.engine.begin();
      await writer.write(records(1, { a: 'new', b: 'new' }));
      expect(await readNewest(present.engine, 1)).toEqual(['a=old']);
      writer.abort();
      expect(await readNewest(present.engine, 1)).toEqual(['a=old']);
    });

    it('has no dirty write: the second updater of a key loses at once', async () => {
      const first = await present.engine.begin();
      const second = await present.engine.begin();
      await first.write(records(1, { a: 'first' }));
      expect(await thrownBy(() => second.write(records(1, { a: 'second' })))).toMatchObject({
        codeName: 'WriteConflict',
      });
      await first.commit('visible');
      second.abort();
      expect(await readNewest(present.engine, 1)).toEqual(['a=first']);
    });

    it('has no non-repeatable read: what was read stays so', async () => {
      await commitRecords(present.engine, 1, { a: 'old', b: 'old' });
      const reader = await present.engine.begin();
      expect(await readText(reader, 1, 'a')).toBe('old');
      await commitRecords(present.engine, 1, { a: 'new', b: undefined });
      expect(await readText(reader, 1, 'a')).toBe('old');
      expect(await readText(reader, 1, 'b')).toBe('old');
      reader.abort();
      expect(await readNewest(present.engine, 1)).toEqual(['a=new']);
    });

    it('has no read skew: two keys come from the same state', async () => {
      await commitRecords(present.engine, 1, { x: '50', y: '50' });
      const reader = await present.engine.begin();
      expect(await readText(reader, 1, 'x')).toBe('50');
      await commitRecords(present.engine, 1, { x: '25', y: '75' });
      expect(await readText(reader, 1, 'y')).toBe('50');
      reader.abort();
    });

    it('has no phantom in a snapshot: a range keeps its records', async () => {
      await commitRecords(present.engine, 1, { b: '1', d: '1' });
      const reader = await present.engine.begin();
      expect(await readRange(reader, 1)).toEqual(['b=1', 'd=1']);
      await commitRecords(present.engine, 1, { a: '2', c: '2', d: undefined });
      await commitRecords(present.engine, 2, { a: '2' });
      expect(await readRange(reader, 1)).toEqual(['b=1', 'd=1']);
      expect(await readRange(reader, 2)).toEqual([]);
      reader.abort();
      expect(await readNewest(present.engine, 1)).toEqual(['a=2', 'b=1', 'c=2']);
    });

    it('has no lost update: a write over a state that has changed since loses', async () => {
      await commitRecords(present.engine, 1, { counter: '10' });
      const first = await present.engine.begin();
      const second = await present.engine.begin();
      expect(await readText(first, 1, 'counter')).toBe('10');
      expect(await readText(second, 1, 'counter')).toBe('10');
      await first.write(records(1, { counter: '11' }));
      await first.commit('visible');
      expect(await thrownBy(() => second.write(records(1, { counter: '11' })))).toMatchObject({
        codeName: 'WriteConflict',
      });
      second.abort();
    });

    it('counts to the end when every loser tries again', async () => {
      await commitRecords(present.engine, 1, { counter: '0' });
      const increment = async (): Promise<void> => {
        for (;;) {
          const transaction = await present.engine.begin();
          const before = Number(await readText(transaction, 1, 'counter'));
          const thrown = await thrownBy(() => transaction.write(records(1, { counter: `${before + 1}` })));
          if (thrown === undefined) return transaction.commit('visible');
          transaction.abort();
          if (thrown instanceof MongoError) await thrown.details.resolved;
        }
      };
      await Promise.all(Array.from({ length: 20 }, increment));
      expect(await readNewest(present.engine, 1)).toEqual(['counter=20']);
    });

    it('keeps the sum of all accounts in every snapshot while money moves', async () => {
      const accounts = Array.from({ length: 10 }, (_, index) => `account ${index}`);
      await commitRecords(present.engine, 1, Object.fromEntries(accounts.map((account) => [account, '100'])));
      const transfer = async (from: string, to: string): Promise<void> => {
        for (;;) {
          const transaction = await present.engine.begin();
          const balances = await transaction.getMany(1, [from, to]);
          const [left, right] = balances.map(Number);
          const moved = records(1, { [from]: `${Number(left) - 7}`, [to]: `${Number(right) + 7}` });
          const thrown = await thrownBy(() => transaction.write(moved));
          if (thrown === undefined) return transaction.commit('visible');
          transaction.abort();
          if (thrown instanceof MongoError) await thrown.details.resolved;
        }
      };
      const mover = async (first: number): Promise<void> => {
        for (let step = 1; step <= 20; step++) {
          await transfer(
            `account ${first}`,
            `account ${(first + step) % 10 === first ? (first + 1) % 10 : (first + step) % 10}`,
          );
          const balances = (await readNewest(present.engine, 1)).map((record) => Number(record.split('=')[1]));
          expect(balances.reduce((sum, balance) => sum + balance)).toBe(1000);
        }
      };
      await Promise.all(accounts.map((_, index) => mover(index)));
    });

    it('allows write skew, as MongoDB does: disjoint writes after overlapping reads both commit', async () => {
      await commitRecords(present.engine, 1, { alice: 'on call', bob: 'on call' });
      const alice = await present.engine.begin();
      const bob = await present.engine.begin();
      expect(await readRange(alice, 1)).toEqual(await readRange(bob, 1));
      await alice.write(records(1, { alice: 'off' }));
      await bob.write(records(1, { bob: 'off' }));
      await alice.commit('visible');
      await bob.commit('visible');
      expect(await readNewest(present.engine, 1)).toEqual(['alice=off', 'bob=off']);
    });

    it('shows a commit to everyone who begins after it was answered', async () => {
      for (let round = 0; round < 20; round++) {
        await commitRecords(present.engine, 1, { a: `${round}` });
        expect(await readNewest(present.engine, 1)).toEqual([`a=${round}`]);
      }
    });

    it('shows a transaction that is being committed wholly or not at all', async () => {
      const keys = Array.from({ length: 100 }, (_, index) => `${100 + index}`);
      const rounds = async (): Promise<void> => {
        for (let round = 1; round <= 10; round++) {
          await commitRecords(present.engine, 1, Object.fromEntries(keys.map((key) => [key, `${round}`])));
        }
      };
      let isDone = false;
      const done = rounds().finally(() => {
        isDone = true;
      });
      while (!isDone) {
        const found = await readNewest(present.engine, 1);
        expect(new Set(found.map((record) => record.split('=')[1])).size).toBeLessThanOrEqual(1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await done;
    });
  });
}
