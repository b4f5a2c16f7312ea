import { describe, expect, it } from 'vitest';
import { MemoryEngine } from './memory/memory-engine.ts';
import { LockableEngine, WriteLock } from './write-lock.ts';

const record = { table: 1000, key: 'k', value: Buffer.from('v') };

describe('WriteLock', () => {
  it('keeps commits back until it is given back as often as it was taken', async () => {
    const lock = new WriteLock();
    const engine = new LockableEngine(new MemoryEngine(), lock);
    expect(await lock.lock()).toBe(1);
    expect(await lock.lock()).toBe(2);
    const transaction = await engine.begin();
    await transaction.write([record]);
    let isCommitted = false;
    const committed = Promise.resolve(transaction.commit('visible')).then(() => {
      isCommitted = true;
    });
    expect(lock.unlock()).toBe(1);
    await Promise.resolve();
    expect(isCommitted).toBe(false);
    expect(lock.unlock()).toBe(0);
    await committed;
    const reader = await engine.begin({ readOnly: true });
    expect(await reader.get(record.table, record.key)).toEqual(record.value);
  });

  it('lets reads and empty transactions through', async () => {
    const lock = new WriteLock();
    const engine = new LockableEngine(new MemoryEngine(), lock);
    await lock.lock();
    const transaction = await engine.begin();
    expect(await transaction.get(record.table, record.key)).toBeUndefined();
    await transaction.commit('journaled');
    expect(lock.isLocked).toBe(true);
  });

  it('is taken only when the commits under way are done', async () => {
    const lock = new WriteLock();
    const order: string[] = [];
    let finish: () => void = () => undefined;
    const underWay = lock.run(
      () =>
        new Promise<void>((resolve) => {
          finish = () => {
            order.push('committed');
            resolve();
          };
        }),
    );
    const locked = lock.lock().then(() => order.push('locked'));
    finish();
    await Promise.all([underWay, locked]);
    expect(order).toEqual(['committed', 'locked']);
  });
});
