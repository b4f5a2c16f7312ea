import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { CatalogWorld, nameOf } from './catalog-world.fake.ts';
import { createView } from './view-definition.ts';

async function view(world: CatalogWorld, name: string, options: { readonly [field: string]: Literal }): Promise<void> {
  await world.change((transaction, hooks) =>
    createView(world, hooks, transaction, nameOf(name), document({ pipeline: [], ...options })),
  );
}

describe('views on views', () => {
  it('are refused where one would stand on itself, by whatever way', async () => {
    const world = await CatalogWorld.open();
    await view(world, 'a', { viewOn: 'b' });
    await view(world, 'c', { viewOn: 'a' });
    const cycle = { codeName: 'GraphContainsCycle' };
    await expect(view(world, 'b', { viewOn: 'c' })).rejects.toMatchObject(cycle);
    for (const stage of [
      { $lookup: { from: 'a', as: 'x' } },
      { $unionWith: 'c' },
      { $unionWith: { coll: 'd', pipeline: [{ $lookup: { from: 'c', as: 'x' } }] } },
      { $facet: { f: [{ $graphLookup: { from: 'a' } }] } },
    ]) {
      await expect(view(world, 'b', { viewOn: 'd', pipeline: [stage] })).rejects.toMatchObject(cycle);
    }
  });

  it('may be twenty deep', async () => {
    const world = await CatalogWorld.open();
    await view(world, 'v1', { viewOn: 'ground' });
    for (let depth = 2; depth <= 20; depth++) await view(world, `v${depth}`, { viewOn: `v${depth - 1}` });
    await expect(view(world, 'v21', { viewOn: 'v20' })).rejects.toMatchObject({ codeName: 'ViewDepthLimitExceeded' });
  });

  it('compare strings alike', async () => {
    const world = await CatalogWorld.open();
    await view(world, 'plain', { viewOn: 'ground' });
    await expect(view(world, 'v', { viewOn: 'plain', collation: { locale: 'en' } })).rejects.toMatchObject({
      codeName: 'OptionNotSupportedOnView',
    });
  });

  it('are shown as documents of system.views', async () => {
    const world = await CatalogWorld.open();
    await view(world, 'a', { viewOn: 'b' });
    await view(world, 'c', { viewOn: 'a' });
    expect(await world.values('system.views')).toEqual(['test.a', 'test.c']);
  });
});
