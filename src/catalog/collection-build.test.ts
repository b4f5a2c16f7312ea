import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { encodeDocument } from '../bson/write.ts';
import { CatalogWorld, nameOf } from './catalog-world.fake.ts';
import { CollectionBuild } from './collection-build.ts';
import { insertRecord } from './document-write.ts';
import { quietCommit } from './own-transaction.ts';

async function begun(world: CatalogWorld, name: string): Promise<CollectionBuild> {
  const build = await CollectionBuild.begin(world.catalog, world.randomness, quietCommit, {
    name: nameOf(name),
    options: document({}),
  });
  await build.add(async (transaction, collection) => {
    await insertRecord(build.writing, transaction, collection, encodeDocument(document({ _id: 1 })));
  });
  return build;
}

describe('a collection that is filled before anybody knows it', () => {
  it('is there with all its documents once it was put, also after a restart', async () => {
    const world = await CatalogWorld.open();
    const build = await begun(world, 'c');
    expect(world.catalog.find(undefined, 'test', 'c')).toBeUndefined();
    await world.change((transaction, hooks) => build.put(transaction, hooks, undefined));
    // The note is still there, as after a crash before `end`.
    const again = await CatalogWorld.open(world.engine);
    const entry = again.catalog.find(undefined, 'test', 'c');
    if (entry?.kind !== 'collection') throw new TypeError('the collection is there');
    expect(await again.engine.tableSize(entry.recordTable)).toMatchObject({ records: 1 });
    build.end();
  });

  it('leaves nothing behind where it was abandoned, or where a crash came first', async () => {
    const world = await CatalogWorld.open();
    const tables = await world.catalog.allocateTables(1);
    const build = await begun(world, 'c');
    await begun(world, 'd');
    build.abandon();
    const again = await CatalogWorld.open(world.engine);
    const [first = 0] = tables;
    for (let table = first; table < first + 8; table++) {
      expect(await again.engine.tableSize(table)).toMatchObject({ records: 0 });
    }
  });

  it('cannot take a name that another has by then', async () => {
    const world = await CatalogWorld.open();
    const build = await begun(world, 'c');
    await world.create('c');
    const put = world.change((transaction, hooks) => build.put(transaction, hooks, undefined));
    await expect(put).rejects.toMatchObject({ codeName: 'NamespaceExists' });
    build.abandon();
  });
});
