import { describe, expect, it } from 'vitest';
import type { BsonDocument } from '../bson/value.ts';
import { CatalogWorld, indexOn } from './catalog-world.fake.ts';
import { buildIndexes } from './index-build.ts';
import { missingIndexes } from './index-conflict.ts';

async function missingBeside(existing: readonly BsonDocument[], wanted: readonly BsonDocument[]): Promise<unknown[]> {
  const world = await CatalogWorld.open();
  await world.create('c');
  await world.change((transaction, hooks) =>
    buildIndexes(world.catalog, hooks, transaction, world.collection('c'), existing),
  );
  return missingIndexes(world.collection('c'), wanted).map((specification) => specification.get('name'));
}

const named = (key: Parameters<typeof indexOn>[0], name: string, options: Parameters<typeof indexOn>[1] = {}) =>
  indexOn(key, { ...options, name });

describe('an index that is asked for', () => {
  it('is there already where key, name and options are the same', async () => {
    expect(await missingBeside([indexOn({ a: 1 })], [indexOn({ a: 1 }), indexOn({ b: 1 })])).toEqual(['b_1']);
  });

  it('on _id is always there, under whatever name', async () => {
    expect(await missingBeside([], [named({ _id: 1 }, 'mine')])).toEqual([]);
  });

  it('conflicts with one of another signature under its name', async () => {
    const existing = [indexOn({ a: 1 })];
    for (const wanted of [
      named({ b: 1 }, 'a_1'),
      indexOn({ a: 1 }, { unique: true }),
      indexOn({ a: 1 }, { sparse: true }),
      indexOn({ a: 1 }, { collation: { locale: 'en' } }),
    ]) {
      await expect(missingBeside(existing, [wanted])).rejects.toMatchObject({ codeName: 'IndexKeySpecsConflict' });
    }
  });

  it('conflicts with an equivalent one of other options or another name', async () => {
    for (const [existing, wanted] of [
      [indexOn({ a: 1 }), indexOn({ a: 1 }, { hidden: true })],
      [indexOn({ a: 1 }), named({ a: 1 }, 'other')],
      [indexOn({ a: 1 }, { expireAfterSeconds: 5 }), named({ a: 1 }, 'other', { expireAfterSeconds: 6 })],
    ] as const) {
      await expect(missingBeside([existing], [wanted])).rejects.toMatchObject({ codeName: 'IndexOptionsConflict' });
    }
  });

  it('stands beside one that differs in uniqueness, sparseness, collation or filter', async () => {
    const wanted = [
      named({ a: 1 }, 'unique', { unique: true }),
      named({ a: 1 }, 'sparse', { sparse: true }),
      named({ a: 1 }, 'english', { collation: { locale: 'en' } }),
      named({ a: 1 }, 'partial', { partialFilterExpression: { a: { $gt: 5 } } }),
    ];
    expect(await missingBeside([indexOn({ a: 1 })], wanted)).toEqual(['unique', 'sparse', 'english', 'partial']);
  });

  it('is the same whatever order the clauses of its filter have', async () => {
    const filter = (...clauses: Parameters<typeof indexOn>[0][]) => ({ partialFilterExpression: { $and: clauses } });
    const existing = indexOn({ a: 1 }, filter({ a: 1 }, { b: { $gt: 2 } }));
    expect(await missingBeside([existing], [indexOn({ a: 1 }, filter({ b: { $gt: 2 } }, { a: 1 }))])).toEqual([]);
  });

  it('must be the only one on text', async () => {
    await expect(missingBeside([indexOn({ a: 'text' })], [indexOn({ b: 'text' })])).rejects.toMatchObject({
      codeName: 'IndexOptionsConflict',
    });
  });

  it('must not be one too many', async () => {
    const many = Array.from({ length: 64 }, (_, at) => indexOn({ [`f${at}`]: 1 }));
    await expect(missingBeside([], many)).rejects.toMatchObject({ codeName: 'CannotCreateIndex' });
    expect(await missingBeside([], many.slice(1))).toHaveLength(63);
  });
});
