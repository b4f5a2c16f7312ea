import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { MemoryEngine } from '../storage/memory/memory-engine.ts';
import { reservedTables } from '../storage/reserved-tables.ts';
import { CatalogWorld, indexOn } from './catalog-world.fake.ts';
import { findDuplicates } from './duplicate-search.ts';
import { buildIndexes, dropIndexes, rebuildIndex, withIndexSpecification } from './index-build.ts';

const specifications = (...indexes: ReturnType<typeof indexOn>[]) => indexes;

async function build(world: CatalogWorld, name: string, ...indexes: ReturnType<typeof indexOn>[]): Promise<void> {
  await world.change((transaction, hooks) =>
    buildIndexes(world.catalog, hooks, transaction, world.collection(name), specifications(...indexes)),
  );
}

function numbers(count: number): { _id: number; a: number }[] {
  return Array.from({ length: count }, (_, at) => ({ _id: at, a: at }));
}

/** Keys of notes that tell which tables are being filled. */
async function buildNotes(world: CatalogWorld): Promise<number> {
  const transaction = await world.engine.begin({ readOnly: true });
  const { keys } = await transaction.scan(reservedTables.catalog, {}, { limit: 100 });
  transaction.abort();
  return keys.filter((key) => key.startsWith('\x00build')).length;
}

async function entries(world: CatalogWorld, table: number): Promise<number> {
  return (await world.engine.tableSize(table)).records;
}

describe('building an index', () => {
  it('puts a key for each document, batch after batch', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await world.insert('c', ...numbers(600));
    await build(world, 'c', indexOn({ a: 1 }), indexOn({ b: -1 }));
    const { indexes } = world.collection('c');
    expect(indexes.map(({ descriptor }) => descriptor.name)).toEqual(['_id_', 'a_1', 'b_-1']);
    for (const { table } of indexes) expect(await entries(world, table)).toBe(600);
  });

  it('finds out which paths hold arrays', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await world.insert('c', { _id: 1, a: { b: 1 } }, { _id: 2, a: [{ b: 1 }, { b: 2 }] });
    await build(world, 'c', indexOn({ 'a.b': 1 }));
    expect(world.collection('c').indexes[1]?.descriptor).toMatchObject({ isMultikey: true, multikeyPaths: ['a'] });
  });

  it('fails where two documents share a key of a unique index, also when they are far apart', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await world.insert('c', ...numbers(600), { _id: 'twice', a: 0 });
    await expect(build(world, 'c', indexOn({ a: 1 }, { unique: true }))).rejects.toMatchObject({
      codeName: 'DuplicateKey',
      message: 'E11000 duplicate key error collection: test.c index: a_1 dup key: { a: 0 }',
    });
    expect(world.collection('c').indexes).toHaveLength(1);
    expect(await buildNotes(world)).toBe(0);
  });

  it('leaves no note behind, and none is needed where there is nothing to index', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await build(world, 'c', indexOn({ a: 1 }));
    await world.insert('c', { _id: 1 });
    await build(world, 'c', indexOn({ b: 1 }));
    expect(await buildNotes(world)).toBe(0);
  });

  it('is undone by the next start where a crash has cut it short', async () => {
    const engine = new MemoryEngine();
    const world = await CatalogWorld.open(engine);
    await world.create('c');
    await world.insert('c', { _id: 1, a: 1 });
    await build(world, 'c', indexOn({ a: 1 }));
    const used = world.collection('c').indexes.map(({ table }) => table);
    const lost = 5000;
    await world.change(async (transaction) => transaction.write([{ table: lost, key: 'k', value: Buffer.from('v') }]));
    await world.catalog.noteBuild([lost, ...used]);
    const again = await CatalogWorld.open(engine);
    expect(await buildNotes(again)).toBe(0);
    expect(await entries(again, lost)).toBe(0);
    for (const table of used) expect(await entries(again, table)).toBe(1);
  });
});

describe('changing an index', () => {
  it('keeps its keys under another description', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await world.insert('c', { _id: 1, a: [1, 2] });
    await build(world, 'c', indexOn({ a: 1 }));
    await world.change(async (transaction, hooks) => {
      const collection = world.collection('c');
      const [, index] = collection.indexes;
      if (index === undefined) return;
      const hidden = indexOn({ a: 1 }, { hidden: true });
      await world.catalog.put(transaction, hooks, withIndexSpecification(collection, index, hidden));
    });
    const index = world.collection('c').indexes[1];
    expect(index?.descriptor).toMatchObject({ isHidden: true, isMultikey: true, multikeyPaths: ['a'] });
    expect(await entries(world, index?.table ?? 0)).toBe(2);
  });

  it('builds a unique index in place of one that was not', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await world.insert('c', ...numbers(3));
    await build(world, 'c', indexOn({ a: 1 }));
    const before = world.collection('c').indexes[1];
    if (before === undefined) throw new TypeError('the index is there');
    await world.change((transaction, hooks) =>
      rebuildIndex(
        world.catalog,
        hooks,
        transaction,
        world.collection('c'),
        before,
        indexOn({ a: 1 }, { unique: true }),
      ),
    );
    await expect(world.insert('c', { _id: 9, a: 1 })).rejects.toMatchObject({ codeName: 'DuplicateKey' });
    expect(await entries(world, before.table)).toBe(0);
  });

  it('finds the documents that share a key', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await world.insert('c', { _id: 1, a: 1 }, { _id: 2, a: 2 }, { _id: 3, a: 1 }, { _id: 4, a: 1 }, { _id: 5, a: 2 });
    await build(world, 'c', indexOn({ a: 1 }));
    const collection = world.collection('c');
    const [, index] = collection.indexes;
    if (index === undefined) throw new TypeError('the index is there');
    const transaction = await world.engine.begin({ readOnly: true });
    expect(await findDuplicates(transaction, collection, index)).toEqual([
      [1, 3, 4],
      [2, 5],
    ]);
    transaction.abort();
  });

  it('takes no more duplicates once it is prepared to be unique', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await world.insert('c', { _id: 1, a: 1 }, { _id: 2, a: 1 });
    await build(world, 'c', indexOn({ a: 1 }, { prepareUnique: true }));
    await world.insert('c', { _id: 3, a: 2 });
    await expect(world.insert('c', { _id: 4, a: 2 })).rejects.toMatchObject({ codeName: 'DuplicateKey' });
  });
});

describe('dropping indexes', () => {
  it('empties their tables and forgets how often they were used', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await world.insert('c', ...numbers(3));
    await build(world, 'c', indexOn({ a: 1 }));
    const collection = world.collection('c');
    collection.state.indexUses.set('a_1', 7);
    await world.change((transaction, hooks) => dropIndexes(world.catalog, hooks, transaction, collection, ['a_1']));
    expect(world.collection('c').indexes).toHaveLength(1);
    expect(await entries(world, collection.indexes[1]?.table ?? 0)).toBe(0);
    expect(collection.state.indexUses.has('a_1')).toBe(false);
  });

  it('leaves documents that a filter keeps out of an index alone', async () => {
    const world = await CatalogWorld.open();
    await world.create('c');
    await world.insert('c', { _id: 1, a: 1 }, { _id: 2, a: 9 });
    await build(world, 'c', indexOn({ a: 1 }, { partialFilterExpression: document({ a: { $gt: 5 } }) }));
    expect(await entries(world, world.collection('c').indexes[1]?.table ?? 0)).toBe(1);
  });
});
