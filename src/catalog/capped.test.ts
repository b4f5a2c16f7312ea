import { describe, expect, it } from 'vitest';
import { changeUsage, isOverLimits } from './capped.ts';
import { CatalogWorld } from './catalog-world.fake.ts';

describe('what a capped collection holds', () => {
  it('is counted in the transaction of the documents', async () => {
    const world = await CatalogWorld.open();
    const collection = await world.create('c', { capped: true, size: 4096 });
    const transaction = await world.engine.begin();
    expect(await changeUsage(transaction, collection, 2, 100)).toEqual({ documents: 2, sizeBytes: 100 });
    expect(await changeUsage(transaction, collection, -1, -40)).toEqual({ documents: 1, sizeBytes: 60 });
    transaction.abort();
    await world.change(async (other) => {
      expect(await changeUsage(other, collection, 1, 10)).toEqual({ documents: 1, sizeBytes: 10 });
    });
  });

  it('makes two transactions that add to it meet', async () => {
    const world = await CatalogWorld.open();
    const collection = await world.create('c', { capped: true, size: 4096 });
    const [one, other] = [await world.engine.begin(), await world.engine.begin()];
    await changeUsage(one, collection, 1, 1);
    await expect(changeUsage(other, collection, 1, 1)).rejects.toMatchObject({ codeName: 'WriteConflict' });
    one.abort();
    other.abort();
  });

  it('is too much by bytes or by number, but never with one document alone', async () => {
    const world = await CatalogWorld.open();
    const collection = await world.create('c', { capped: true, size: 256, max: 3 });
    expect(isOverLimits(collection, { documents: 3, sizeBytes: 256 })).toBe(false);
    expect(isOverLimits(collection, { documents: 4, sizeBytes: 10 })).toBe(true);
    expect(isOverLimits(collection, { documents: 2, sizeBytes: 257 })).toBe(true);
    expect(isOverLimits(collection, { documents: 1, sizeBytes: 9999 })).toBe(false);
  });
});

describe('a capped collection', () => {
  it('gives up its oldest documents, with their keys, for new ones', async () => {
    const world = await CatalogWorld.open();
    await world.create('c', { capped: true, size: 4096, max: 3 });
    await world.insert('c', { _id: 5 }, { _id: 3 }, { _id: 9 }, { _id: 1 });
    expect(await world.values('c')).toEqual([3, 9, 1]);
    await world.insert('c', { _id: 5 });
    expect(await world.values('c')).toEqual([9, 1, 5]);
    expect(await world.values('c', '_id', true)).toEqual([5, 1, 9]);
  });

  it('gives up thousands for a large one, each at the same cost', async () => {
    const world = await CatalogWorld.open();
    await world.create('c', { capped: true, size: 1024 * 1024 });
    await world.insert('c', ...Array.from({ length: 8000 }, (_, _id) => ({ _id })));
    await world.insert('c', { _id: 'large', text: 'x'.repeat(1024 * 1024 - 200) });
    expect((await world.values('c')).slice(-1)).toEqual(['large']);
    expect((await world.values('c')).length).toBeLessThan(20);
  });
});
