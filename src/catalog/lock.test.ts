import { describe, expect, it } from 'vitest';
import { ManualClock } from '../clock/manual-clock.ts';
import { CollectionLock, CollectionLocks } from './lock.ts';

/** Lets everything that waits for nothing else run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

describe('a collection lock', () => {
  it('is held shared by any number, and alone by one', () => {
    const lock = new CollectionLock('test.c');
    expect([lock.tryAcquire('shared'), lock.tryAcquire('shared')]).toEqual([true, true]);
    expect(lock.tryAcquire('exclusive')).toBe(false);
    lock.release('shared');
    lock.release('shared');
    expect(lock.tryAcquire('exclusive')).toBe(true);
    expect([lock.tryAcquire('shared'), lock.tryAcquire('exclusive')]).toEqual([false, false]);
  });

  it('is given to those who wait in the order of their coming, all shared ones together', async () => {
    const clock = new ManualClock();
    const lock = new CollectionLock('test.c');
    const order: string[] = [];
    const wait = (mode: 'shared' | 'exclusive', name: string) =>
      lock.acquire(mode, clock, undefined).then(() => order.push(name));
    lock.tryAcquire('exclusive');
    wait('shared', 'first');
    wait('shared', 'second');
    wait('exclusive', 'third');
    wait('shared', 'fourth');
    lock.release('exclusive');
    await settle();
    expect(order).toEqual(['first', 'second']);
    lock.release('shared');
    lock.release('shared');
    await settle();
    expect(order).toEqual(['first', 'second', 'third']);
    lock.release('exclusive');
    await settle();
    expect(order).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('lets nobody pass one who waits for it alone', () => {
    const lock = new CollectionLock('test.c');
    lock.tryAcquire('shared');
    void lock.acquire('exclusive', new ManualClock(), undefined);
    expect(lock.tryAcquire('shared')).toBe(false);
  });

  it('is refused after the time that its asker has, and those behind go on', async () => {
    const clock = new ManualClock();
    const lock = new CollectionLock('test.c');
    lock.tryAcquire('shared');
    const late = lock.acquire('exclusive', clock, 5);
    let isGranted = false;
    void lock.acquire('shared', clock, undefined).then(() => {
      isGranted = true;
    });
    clock.advance(5);
    await expect(late).rejects.toMatchObject({ codeName: 'LockTimeout' });
    expect(isGranted).toBe(true);
  });

  it('is idle when nobody holds it or waits for it', () => {
    const lock = new CollectionLock('test.c');
    expect(lock.isIdle).toBe(true);
    lock.tryAcquire('shared');
    expect(lock.isIdle).toBe(false);
    lock.release('shared');
    expect(lock.isIdle).toBe(true);
  });

  it('cannot be released by one who does not hold it', () => {
    expect(() => new CollectionLock('test.c').release('shared')).toThrow('held by its releaser');
    expect(() => new CollectionLock('test.c').release('exclusive')).toThrow('held by its releaser');
  });
});

describe('the locks of all collections', () => {
  it('are one to a name, and forgotten when there are many that nobody uses', () => {
    const locks = new CollectionLocks();
    const held = locks.of('test.held');
    held.tryAcquire('shared');
    const idle = locks.of('test.idle');
    expect(locks.of('test.idle')).toBe(idle);
    for (let at = 0; at < 10_001; at++) locks.of(`test.${at}`);
    expect(locks.of('test.held')).toBe(held);
    expect(locks.of('test.idle')).not.toBe(idle);
  });
});
