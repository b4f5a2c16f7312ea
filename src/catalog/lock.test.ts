import { describe, expect, it } from 'vitest';
import { CollectionLock, CollectionLocks, type LockMode } from './lock.ts';

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
    const lock = new CollectionLock('test.c');
    const order: string[] = [];
    const wait = (mode: LockMode, name: string) => lock.join(mode).granted.then(() => order.push(name));
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
    lock.join('exclusive');
    expect(lock.tryAcquire('shared')).toBe(false);
  });

  it('is not given to one who has left, and those behind go on', async () => {
    const lock = new CollectionLock('test.c');
    lock.tryAcquire('shared');
    const impatient = lock.join('exclusive');
    let isGranted = false;
    lock.join('shared').granted.then(() => {
      isGranted = true;
    });
    expect(impatient.leave()).toBe(true);
    await settle();
    expect(isGranted).toBe(true);
    expect(lock.describe()).toMatchObject({ sharedHolders: 2, waiting: { shared: 0, exclusive: 0 } });
  });

  it('cannot be left once it is given: who gets it has to release it', () => {
    const lock = new CollectionLock('test.c');
    const place = lock.join('exclusive');
    expect(place.leave()).toBe(false);
    lock.release('exclusive');
    expect(lock.isIdle).toBe(true);
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
