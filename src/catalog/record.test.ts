import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { printDocument } from '../bson/print.ts';
import { CatalogWorld, indexOn, nameOf } from './catalog-world.fake.ts';
import type { Collection } from './collection.ts';
import { ownIndexes, shownIndexes } from './collection.ts';
import { buildIndexes } from './index-build.ts';
import { CollectionLocks } from './lock.ts';
import { decodeEntry, encodeEntry, initialIndexes, viewFrom } from './record.ts';

function reread(collection: Collection): Collection {
  return decodeEntry(encodeEntry(collection), new CollectionLocks(), 3) as Collection;
}

describe('a catalog record', () => {
  it('gives back a collection with its options and indexes', async () => {
    const world = await CatalogWorld.open();
    await world.create('c', {
      capped: true,
      size: 4096,
      max: 5,
      validator: { a: { $gt: 0 } },
      validationLevel: 'moderate',
    });
    await world.insert('c', { _id: 1, a: [1, 2] });
    await world.change((transaction, hooks) =>
      buildIndexes(world.catalog, hooks, transaction, world.collection('c'), [
        indexOn({ a: 1 }, { unique: true, expireAfterSeconds: 60 }),
      ]),
    );
    const before = world.collection('c');
    const after = reread(before);
    expect(after.namespace).toEqual(nameOf('c'));
    expect(after.uuid.equals(before.uuid)).toBe(true);
    expect(after.capped).toEqual({ sizeBytes: 4096, documents: 5 });
    expect(after.validator).toMatchObject({ level: 'moderate', action: 'error' });
    expect(after.changedAt).toBe(3);
    expect(after.indexes.map(({ table }) => table)).toEqual(before.indexes.map(({ table }) => table));
    expect(after.indexes[1]?.descriptor).toMatchObject({ isUnique: true, isMultikey: true, multikeyPaths: ['a'] });
    expect(shownIndexes(after).map(printDocument)).toEqual([
      '{ v: 2, key: { _id: 1 }, name: "_id_" }',
      '{ v: 2, key: { a: 1 }, name: "a_1", unique: true, expireAfterSeconds: 60 }',
    ]);
  });

  it('gives back a view', () => {
    const options = document({ viewOn: 'c', pipeline: [{ $match: { a: 1 } }] });
    const view = decodeEntry(encodeEntry(viewFrom(nameOf('v'), options)), new CollectionLocks(), 0);
    expect(view).toMatchObject({ kind: 'view', viewOn: 'c' });
    expect(printDocument(view.options)).toBe(printDocument(options));
  });

  it('knows the order of a clustered collection and of measurements again', async () => {
    const world = await CatalogWorld.open();
    const clustered = await world.create('clustered', {
      clusteredIndex: { v: 2, key: { _id: 1 }, name: 'mine', unique: true },
    });
    expect(reread(clustered).naturalIndex?.descriptor.name).toBe('mine');
    const measured = await world.create('measured', { timeseries: { timeField: 't' } });
    expect(reread(measured)).toMatchObject({
      isTimeseries: true,
      timeseries: { timeField: 't', metaField: undefined },
    });
    expect(reread(measured).naturalIndex?.descriptor.fields).toMatchObject([{ path: 't' }]);
  });
});

describe('the indexes that a collection begins with', () => {
  const names = (options: Parameters<typeof document>[0]) =>
    initialIndexes(document(options), undefined).map((specification) => specification.get('name'));

  it('are that on _id, with the collation of the collection', () => {
    expect(names({})).toEqual(['_id_']);
    const [index] = initialIndexes(document({ collation: { locale: 'en' } }), undefined);
    expect(index?.has('collation')).toBe(true);
  });

  it('are, for measurements, one by time that nobody sees and one by meta field and time', async () => {
    expect(names({ timeseries: { timeField: 't' } })).toEqual(['$time']);
    expect(names({ timeseries: { timeField: 't', metaField: 'm' } })).toEqual(['$time', 'm_1_t_1']);
    const world = await CatalogWorld.open();
    const collection = await world.create('c', { timeseries: { timeField: 't', metaField: 'm' } });
    expect(shownIndexes(collection).map((index) => index.get('name'))).toEqual(['m_1_t_1']);
    expect(ownIndexes(collection)).toHaveLength(1);
  });

  it('are shown but not counted where the collection is clustered', async () => {
    const world = await CatalogWorld.open();
    const collection = await world.create('c', {
      clusteredIndex: { v: 2, key: { _id: 1 }, name: '_id_', unique: true },
    });
    expect(shownIndexes(collection).map(printDocument)).toEqual([
      '{ v: 2, key: { _id: 1 }, name: "_id_", unique: true, clustered: true }',
    ]);
    expect(ownIndexes(collection)).toEqual([]);
  });
});

describe('natural order', () => {
  it('is that of insertion, of _id where a collection is clustered, and of time for measurements', async () => {
    const world = await CatalogWorld.open();
    await world.create('plain');
    await world.create('clustered', { clusteredIndex: { v: 2, key: { _id: 1 }, name: '_id_', unique: true } });
    await world.create('measured', { timeseries: { timeField: 't' } });
    const documents = [3, 1, 2].map((n) => ({ _id: n, t: new Date(n) }));
    for (const name of ['plain', 'clustered', 'measured']) await world.insert(name, ...documents);
    expect(await world.values('plain')).toEqual([3, 1, 2]);
    expect(await world.values('clustered')).toEqual([1, 2, 3]);
    expect(await world.values('clustered', '_id', true)).toEqual([3, 2, 1]);
    expect(await world.values('measured')).toEqual([1, 2, 3]);
  });

  it('holds measurements with the same _id apart', async () => {
    const world = await CatalogWorld.open();
    await world.create('measured', { timeseries: { timeField: 't' } });
    await world.insert('measured', { _id: 1, t: new Date(1) }, { _id: 1, t: new Date(2) });
    expect(await world.values('measured')).toEqual([1, 1]);
  });
});
