import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { seededRandomness } from '../clock/randomness.ts';
import { parseCollation } from './collation.ts';
import { parseFilter } from './filter.ts';
import { type IndexDescriptor, indexFields, indexKind } from './index-descriptor.ts';
import { indexKeys } from './index-key.ts';
import { type Access, type IndexScan, type Plan, planQuery, type QueryToPlan } from './plan.ts';
import { parseProjection } from './projection.ts';
import { parseSort, type Sort } from './sort.ts';

type Shape = { readonly [name: string]: Literal };
type IndexShape = Shape & { readonly key: Shape };

const english = parseCollation(document({ locale: 'en', strength: 2 }));

/** A collection in memory: documents, and for each index its entries in key order. */
class TestCollection {
  readonly documents: readonly Buffer[];
  readonly indexes: readonly { descriptor: IndexDescriptor; entries: readonly { key: string; record: number }[] }[];

  constructor(documents: readonly Shape[], indexes: readonly IndexShape[]) {
    this.documents = documents.map((literal) => encodeDocument(document(literal)));
    this.indexes = [{ key: { _id: 1 }, name: '_id_', unique: true }, ...indexes].map((shape) => {
      const bare = descriptor(shape as IndexShape);
      const entries = this.documents.flatMap((bytes, record) =>
        indexKeys(bare, bytes).keys.map((key) => ({ key, record })),
      );
      entries.sort((left, right) =>
        left.key < right.key ? -1 : left.key > right.key ? 1 : left.record - right.record,
      );
      const found = this.documents.map((bytes) => indexKeys(bare, bytes));
      const multikeyPaths = [...new Set(found.flatMap((keys) => keys.multikeyPaths))];
      return { descriptor: { ...bare, isMultikey: found.some((keys) => keys.isMultikey), multikeyPaths }, entries };
    });
  }

  plan(query: Omit<QueryToPlan, 'filter'> & { filter?: Shape; collation?: boolean }): {
    plan: Plan;
    query: QueryToPlan;
  } {
    const filter = parseFilter(document(query.filter ?? {}), query.collation === true ? { collation: english } : {});
    const full = { ...query, filter };
    return {
      plan: planQuery(
        full,
        this.indexes.map((index) => index.descriptor),
      ),
      query: full,
    };
  }

  placeOf(record: number, sort: Sort): string {
    return sort.keyOf(BsonDocument.fromBytes(this.documents[record] as Buffer));
  }

  read(access: Access): number[] {
    switch (access.kind) {
      case 'empty':
        return [];
      case 'collectionScan': {
        const all = this.documents.map((_, record) => record);
        return access.direction === 1 ? all : all.reverse();
      }
      case 'idPoint':
        return this.#entries(access.index).flatMap(({ key, record }) => (key === access.key ? [record] : []));
      case 'indexScan':
        return this.#scan(access);
      case 'union':
        return [...new Set(access.branches.flatMap((branch) => this.#scan(branch)))];
    }
  }

  #entries(index: IndexDescriptor): readonly { key: string; record: number }[] {
    return this.indexes.find(({ descriptor }) => descriptor.name === index.name)?.entries ?? [];
  }

  #scan({ index, ranges, direction, needsDedupe }: IndexScan): number[] {
    const read = ranges.flatMap(({ lower, upper }) => {
      const found = this.#entries(index).filter(({ key }) => key >= lower && (upper === undefined || key < upper));
      const records = found.map(({ record }) => record);
      return direction === 1 ? records : records.reverse();
    });
    return needsDedupe ? [...new Set(read)] : read;
  }
}

function descriptor({ key, name, unique, sparse, partial, collation, hidden }: IndexShape): IndexDescriptor {
  const keyPattern = document(key);
  const fields = indexFields(keyPattern);
  return {
    name: typeof name === 'string' ? name : Object.entries(key).flat().join('_'),
    keyPattern,
    fields,
    kind: indexKind(fields),
    isUnique: unique === true,
    isSparse: sparse === true,
    isHidden: hidden === true,
    isMultikey: false,
    multikeyPaths: [],
    partialFilter: partial === undefined ? undefined : parseFilter(document(partial as Shape)),
    collation: collation === true ? english : undefined,
    // A wildcard beside another field must leave that field out.
    wildcardProjection: '$**' in key && fields.length > 1 ? document({ b: 0 }) : undefined,
  };
}

/** Stage names from the top down. */
function stages(plan: Plan): string[] {
  const names: string[] = [];
  for (let stage: unknown = plan.explain(); stage instanceof BsonDocument; stage = stage.get('inputStage')) {
    names.push(String(stage.get('stage')));
  }
  return names;
}

function leaf(plan: Plan): BsonDocument {
  let stage = plan.explain();
  for (let next = stage.get('inputStage'); next instanceof BsonDocument; next = stage.get('inputStage')) stage = next;
  return stage;
}

const bounds = (plan: Plan): Record<string, unknown> =>
  Object.fromEntries((leaf(plan).get('indexBounds') as BsonDocument).entries());

describe('plans', () => {
  const simple = new TestCollection(
    [{ _id: 1, a: 1, b: 'x' }],
    [{ key: { a: 1, b: -1 } }, { key: { c: 1 }, sparse: true }],
  );
  const planOf = (filter: Shape, more: Omit<QueryToPlan, 'filter'> = {}) => simple.plan({ filter, ...more }).plan;

  it('one _id is looked up', () => {
    const plan = planOf({ _id: 5 });
    expect(plan.access.kind).toBe('idPoint');
    expect(stages(plan)).toEqual(['EXPRESS_IXSCAN']);
    expect(stages(planOf({ _id: 5, a: 1 }))).toEqual(['FETCH', 'IXSCAN']);
  });

  it('without an index the collection is scanned', () => {
    expect(stages(planOf({ z: 1 }))).toEqual(['COLLSCAN']);
    expect(stages(planOf({ z: 1 }, { sort: parseSort(document({ z: 1 })) }))).toEqual(['SORT', 'COLLSCAN']);
  });

  it.each([
    [{ a: 5 }, { a: ['[5, 5]'], b: ['[MaxKey, MinKey]'] }],
    [{ a: { $gt: 5 } }, { a: ['(5, inf.0]'], b: ['[MaxKey, MinKey]'] }],
    [{ a: { $gte: 1, $lt: 5 } }, { a: ['[1, 5)'], b: ['[MaxKey, MinKey]'] }],
    [
      { a: 5, b: { $lt: 'm' } },
      { a: ['[5, 5]'], b: ['("m", ""]'] },
    ],
    [{ a: { $in: [3, 1] } }, { a: ['[1, 1]', '[3, 3]'], b: ['[MaxKey, MinKey]'] }],
    [{ a: { $ne: 5 } }, { a: ['[MinKey, 5)', '(5, MaxKey]'], b: ['[MaxKey, MinKey]'] }],
    [{ a: null }, { a: ['[null, null]'], b: ['[MaxKey, MinKey]'] }],
    [{ a: { $regex: '^ab' } }, { a: ['["ab", "ac")', '[/^ab/, /^ab/]'], b: ['[MaxKey, MinKey]'] }],
    [{ a: { $exists: true } }, { a: ['[MinKey, MaxKey]'], b: ['[MaxKey, MinKey]'] }],
    [{ $or: [{ a: 1 }, { a: 2 }] }, { a: ['[1, 1]', '[2, 2]'], b: ['[MaxKey, MinKey]'] }],
  ] as const)('bounds of %j', (filter, expected) => {
    expect(bounds(planOf(filter as Shape))).toEqual(expected);
  });

  it('the order of an index saves the sort, forwards and backwards', () => {
    const sorted = (sort: Shape, filter: Shape = {}) => planOf(filter, { sort: parseSort(document(sort)) });
    expect(stages(sorted({ a: 1, b: -1 }))).toEqual(['FETCH', 'IXSCAN']);
    expect(leaf(sorted({ a: -1, b: 1 })).get('direction')).toBe('backward');
    expect(stages(sorted({ a: 1, b: 1 }))).toEqual(['SORT', 'COLLSCAN']);
    expect(stages(sorted({ b: 1 }, { a: 3 }))).toEqual(['FETCH', 'IXSCAN']);
    expect(stages(sorted({ c: 1 }))).toEqual(['SORT', 'COLLSCAN']);
  });

  it('a sparse index is left alone by what is missing', () => {
    expect(stages(planOf({ c: 1 }))).toEqual(['FETCH', 'IXSCAN']);
    expect(stages(planOf({ c: null }))).toEqual(['COLLSCAN']);
    expect(stages(planOf({ c: { $ne: 1 } }))).toEqual(['COLLSCAN']);
  });

  it('a partial index serves filters that imply its own', () => {
    const partial = new TestCollection([], [{ key: { a: 1 }, partial: { b: { $gt: 5 } } }]);
    expect(stages(partial.plan({ filter: { a: 1, b: 7 } }).plan)).toEqual(['FETCH', 'IXSCAN']);
    expect(stages(partial.plan({ filter: { a: 1, b: 3 } }).plan)).toEqual(['COLLSCAN']);
    expect(stages(partial.plan({ filter: { a: 1 } }).plan)).toEqual(['COLLSCAN']);
  });

  it('a projection of keys alone is covered', () => {
    const projection = parseProjection(document({ a: 1, b: 1, _id: 0 }), { place: 'find' });
    const plan = planOf({ a: 1 }, { projection });
    expect(plan.isCovered).toBe(true);
    expect(stages(plan)).toEqual(['PROJECTION_COVERED', 'IXSCAN']);
  });

  it('skip, projection and limit stand in this order', () => {
    const projection = parseProjection(document({ z: 1 }), { place: 'find' });
    expect(stages(planOf({}, { projection, skip: 1, limit: 2 }))).toEqual([
      'LIMIT',
      'PROJECTION_SIMPLE',
      'SKIP',
      'COLLSCAN',
    ]);
  });

  it('branches of $or use an index each, or none does', () => {
    expect(stages(planOf({ $or: [{ a: 1 }, { c: 2 }] }))).toEqual(['SUBPLAN', 'FETCH', 'OR']);
    expect(stages(planOf({ $or: [{ a: 1 }, { z: 2 }] }))).toEqual(['COLLSCAN']);
  });

  it('a wildcard index answers for one path', () => {
    const wildcard = new TestCollection([], [{ key: { '$**': 1 } }]);
    const plan = wildcard.plan({ filter: { 'x.y': 5, z: 1 } }).plan;
    expect(stages(plan)).toEqual(['FETCH', 'IXSCAN']);
    expect(bounds(plan)).toEqual({ $_path: ['["x.y", "x.y"]'], 'x.y': ['[5, 5]'] });
  });

  it('a hint is followed or refused', () => {
    expect(leaf(planOf({}, { hint: 'a_1_b_-1' })).get('indexName')).toBe('a_1_b_-1');
    expect(leaf(planOf({}, { hint: document({ c: 1 }) })).get('indexName')).toBe('c_1');
    expect(leaf(planOf({ a: 1 }, { hint: document({ $natural: -1 }) })).get('direction')).toBe('backward');
    expect(() => planOf({}, { hint: 'nope' })).toThrow('hint provided does not correspond');
  });
});

const isEqual = (left: readonly unknown[], right: readonly unknown[]): boolean =>
  left.length === right.length && left.every((one, at) => one === right[at]);
const byNumber = (left: number, right: number): number => left - right;

describe('plans against scans', () => {
  const randomness = seededRandomness(11);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(randomness.fraction() * choices.length)] as T;
  const scalar = (): Literal => pick<Literal>([0, 1, 2, 3, 2.5, 'a', 'B', 'b', '', null, true, undefined]);
  const value = (depth = 0): Literal => {
    const kind = randomness.fraction();
    if (depth > 1 || kind < 0.6) return scalar();
    if (kind < 0.8)
      return Array.from({ length: Math.floor(randomness.fraction() * 3) }, () => value(depth + 1) ?? null);
    return { x: value(depth + 1), y: scalar() };
  };
  const paths = ['a', 'b', 'a.x', 'a.y', 'b.x', 'a.0'];
  const condition = (): Literal =>
    pick<() => Literal>([
      () => scalar() ?? 1,
      () => ({ [pick(['$gt', '$gte', '$lt', '$lte'])]: scalar() ?? 1 }),
      () => ({ $gte: 1, $lt: 3 }),
      () => ({ $in: [scalar() ?? 1, scalar() ?? 2, 'a'] }),
      () => ({ $ne: scalar() ?? 1 }),
      () => ({ $nin: [1, 'a'] }),
      () => ({ $exists: pick([true, false]) }),
      () => ({ $type: pick(['int', 'string', 'null', 'array', 'object', 'bool']) }),
      () => ({ $not: { $gt: 1 } }),
      () => ({ $regex: pick(['^a', 'b', '^$']) }),
      () => ({ $elemMatch: pick<Shape>([{ $gt: 1, $lt: 3 }, { x: 1 }, { x: { $gt: 0 }, y: { $lt: 3 } }]) }),
      () => ({ $all: [1, 2] }),
      () => [1, 2],
      () => ({ x: 1, y: 2 }),
      () => ({ $mod: [2, 0] }),
      () => ({ $size: 2 }),
    ])();
  const filter = (depth = 0): Shape => {
    const fields = Object.fromEntries(
      Array.from({ length: 1 + Math.floor(randomness.fraction() * 2) }, () => [pick(paths), condition()]),
    );
    if (depth === 0 && randomness.fraction() < 0.25) return { ...fields, $or: [filter(1), filter(1)] };
    if (depth === 0 && randomness.fraction() < 0.15) return { $or: [filter(1), filter(1)] };
    return fields;
  };
  const keys: readonly Shape[] = [
    { a: 1 },
    { a: -1 },
    { b: 1 },
    { a: 1, b: 1 },
    { b: 1, a: -1 },
    { 'a.x': 1 },
    { 'a.x': 1, 'a.y': -1 },
    { 'b.x': -1, a: 1 },
    { 'a.0': 1 },
    { a: 'hashed' },
    { '$**': 1 },
    { b: 1, '$**': 1 },
  ];
  const partials: readonly (Shape | undefined)[] = [
    undefined,
    undefined,
    { a: { $exists: true } },
    { b: { $gt: 1 } },
    { a: { $in: [1, 2] } },
    { 'a.x': { $lte: 2 } },
  ];

  function attempt(documents: readonly Shape[], indexes: readonly IndexShape[]): TestCollection | undefined {
    try {
      return new TestCollection(documents, indexes);
    } catch {
      return undefined; // Arrays that no index of these could hold.
    }
  }

  it('every plan finds what a scan finds, in the order that was asked for', () => {
    let indexed = 0;
    for (let round = 0; round < 100; round++) {
      const documents = Array.from(
        { length: 12 },
        (_, id): Shape => ({ _id: id, a: value(), b: pick([scalar, value])() }),
      );
      const indexes = Array.from(
        { length: 2 },
        (_, number): IndexShape => ({
          name: `index${number}`,
          key: pick(keys),
          sparse: randomness.fraction() < 0.2,
          partial: pick(partials),
          collation: randomness.fraction() < 0.15,
        }),
      );
      const collection = attempt(documents, indexes);
      if (collection === undefined) continue;
      for (let query = 0; query < 15; query++) {
        const asked = filter();
        const collation = randomness.fraction() < 0.2;
        const order = pick<Shape | undefined>([undefined, { a: 1 }, { a: -1, b: -1 }, { 'a.x': 1 }, { b: 1 }]);
        const sort = order === undefined ? undefined : parseSort(document(order), collation ? english : undefined);
        const planned: { readonly plan: Plan; readonly query: QueryToPlan } = collection.plan({
          filter: asked,
          sort,
          collation,
        });
        const { plan } = planned;
        const matches = (record: number): boolean =>
          planned.query.filter.matches(collection.documents[record] as Buffer);
        const found: number[] = collection.read(plan.access);
        const read: number[] = found.filter(matches);
        const expected: number[] = collection.documents.flatMap((_, record) => (matches(record) ? [record] : []));
        if (plan.access.kind !== 'collectionScan') indexed++;
        const places =
          sort === undefined || !plan.isSorted ? [] : read.map((record) => collection.placeOf(record, sort));
        const isRight =
          isEqual([...read].sort(byNumber), expected) &&
          (!plan.isExact || read.length === found.length) &&
          isEqual(places, [...places].sort());
        if (isRight) continue;
        expect.fail(
          JSON.stringify({ asked, indexes, order, collation, documents, access: plan.access, read, expected }),
        );
      }
    }
    expect(indexed).toBeGreaterThan(150);
  });
});
