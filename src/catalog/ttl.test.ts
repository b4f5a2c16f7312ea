import { describe, expect, it } from 'vitest';
import type { BsonDocument } from '../bson/value.ts';
import { CatalogWorld, indexOn } from './catalog-world.fake.ts';
import { buildIndexes } from './index-build.ts';
import { removeExpired } from './ttl.ts';

async function withIndex(index: BsonDocument): Promise<CatalogWorld> {
  const world = await CatalogWorld.open();
  await world.create('c');
  await world.change((transaction, hooks) =>
    buildIndexes(world.catalog, hooks, transaction, world.collection('c'), [index]),
  );
  return world;
}

const ago = (world: CatalogWorld, seconds: number) => new Date(world.clock.nowMs() - seconds * 1000);

describe('documents of a TTL index', () => {
  for (const direction of [1, -1]) {
    it(`expire when their date is old enough, whatever the direction (${direction})`, async () => {
      const world = await withIndex(indexOn({ at: direction }, { expireAfterSeconds: 60 }));
      await world.insert(
        'c',
        { _id: 1, at: ago(world, 61) },
        { _id: 2, at: ago(world, 59) },
        { _id: 3, at: 5 },
        { _id: 4 },
      );
      expect(await removeExpired(world)).toBe(1);
      expect(await world.values('c')).toEqual([2, 3, 4]);
      world.clock.advance(1000);
      expect(await removeExpired(world)).toBe(1);
    });
  }

  it('expire by the earliest of several dates', async () => {
    const world = await withIndex(indexOn({ at: 1 }, { expireAfterSeconds: 60 }));
    await world.insert('c', { _id: 1, at: [ago(world, 0), ago(world, 90)] }, { _id: 2, at: [ago(world, 0), 'x'] });
    expect(await removeExpired(world)).toBe(1);
    expect(await world.values('c')).toEqual([2]);
  });

  it('stay where a filter keeps them out of the index', async () => {
    const world = await withIndex(
      indexOn({ at: 1 }, { expireAfterSeconds: 60, partialFilterExpression: { done: true } }),
    );
    await world.insert('c', { _id: 1, at: ago(world, 90), done: true }, { _id: 2, at: ago(world, 90) });
    expect(await removeExpired(world)).toBe(1);
    expect(await world.values('c')).toEqual([2]);
  });

  it('wait for the next start where the server stops between two batches', async () => {
    const world = await withIndex(indexOn({ at: 1 }, { expireAfterSeconds: 0 }));
    await world.insert('c', ...Array.from({ length: 1100 }, (_, at) => ({ _id: at, at: ago(world, 1) })));
    let batches = 0;
    const options = { catalog: world.catalog, clock: world.clock, writing: world.writing };
    expect(await removeExpired({ ...options, isStopping: () => ++batches > 1 })).toBe(500);
    expect(await removeExpired(options)).toBe(600);
  });

  it('expire in any number', async () => {
    const world = await withIndex(indexOn({ at: 1 }, { expireAfterSeconds: 0 }));
    await world.insert('c', ...Array.from({ length: 1100 }, (_, at) => ({ _id: at, at: ago(world, 1) })));
    expect(await removeExpired(world)).toBe(1100);
  });
});

describe('collections that expire as a whole', () => {
  it('lose their old measurements', async () => {
    const world = await CatalogWorld.open();
    await world.create('c', { timeseries: { timeField: 't', metaField: 'm' }, expireAfterSeconds: 60n });
    await world.insert('c', { _id: 1, t: ago(world, 90) }, { _id: 2, t: ago(world, 30) });
    expect(await removeExpired(world)).toBe(1);
    expect(await world.values('c')).toEqual([2]);
  });

  it('lose documents with old dates for their _id where they are clustered', async () => {
    const world = await CatalogWorld.open();
    const clusteredIndex = { v: 2, key: { _id: 1 }, name: '_id_', unique: true };
    await world.create('c', { clusteredIndex, expireAfterSeconds: 60n });
    await world.insert('c', { _id: ago(world, 90) }, { _id: ago(world, 30) }, { _id: 'x' });
    expect(await removeExpired(world)).toBe(1);
    expect(await world.values('c')).toEqual(['x', ago(world, 30)]);
  });
});
