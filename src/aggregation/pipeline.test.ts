import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { printValue } from '../bson/print.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { seededRandomness } from '../clock/randomness.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { GeoIndex, LeadingQuery, Namespace, NamespaceDescription } from './collection.ts';
import type { AggregationOptions } from './options.ts';
import { openPipeline, parsePipeline } from './pipeline.ts';
import { arraySource, type CollectionReader, type DocumentSource, type Execution } from './source.ts';

type Documents = readonly { readonly [name: string]: Literal }[];

/** Collections that are arrays; `views` stand over them. Filters and nothing else of a query are applied. */
class Collections implements CollectionReader {
  readonly opened: LeadingQuery[] = [];
  readonly #documents: Readonly<Record<string, Documents>>;
  readonly #views: Readonly<Record<string, { on: string; stages: Documents }>>;

  constructor(
    documents: Readonly<Record<string, Documents>>,
    views: Readonly<Record<string, { on: string; stages: Documents }>> = {},
  ) {
    this.#documents = documents;
    this.#views = views;
  }

  describe({ database, collection }: Namespace): NamespaceDescription {
    const view = this.#views[collection];
    if (view === undefined) return { kind: 'collection', collation: undefined, isCapped: false };
    const stages = view.stages.map((stage) => document(stage));
    return { kind: 'view', collation: undefined, on: { database, collection: view.on }, stages };
  }

  open({ collection }: Namespace, query: LeadingQuery): DocumentSource {
    this.opened.push(query);
    const stored = (this.#documents[collection] ?? []).map((fields) =>
      BsonDocument.fromBytes(Buffer.from(encodeDocument(document(fields)))),
    );
    const { filter, limit, scope, skip = 0, sort } = query;
    const found = filter === undefined ? stored : stored.filter((one) => filter.matchesDocument(one, scope.fork()));
    if (sort !== undefined) found.sort((left, right) => sort.compare(left, right));
    return arraySource(found.slice(skip, limit === undefined ? undefined : skip + limit));
  }

  hasIndexOn(): boolean {
    return false;
  }

  findUniqueIndex(): undefined {
    return undefined;
  }

  findGeoIndexes(): readonly GeoIndex[] {
    return [{ path: 'place', kind: '2dsphere' }];
  }
}

function options(changes: Partial<AggregationOptions> = {}): AggregationOptions {
  return {
    database: 'test',
    collection: 'c',
    collation: undefined,
    let: undefined,
    now: new Date(0),
    clusterTime: undefined,
    userRoles: undefined,
    randomness: seededRandomness(1),
    isInTransaction: false,
    isStrictApi: false,
    isExplain: false,
    readConcernLevel: 'local',
    bypassDocumentValidation: false,
    ...changes,
  };
}

function execution(reader: CollectionReader, stageMemoryBytes = 1_000_000): Execution {
  const unused = new Proxy({}, { get: () => () => [] }) as unknown;
  return {
    reader,
    writer: unused as Execution['writer'],
    server: unused as Execution['server'],
    stageMemoryBytes,
    checkInterrupt() {},
    pause: () => undefined,
  };
}

async function run(
  collections: Collections,
  stages: Documents,
  changes: Partial<AggregationOptions> = {},
  stageMemoryBytes?: number,
): Promise<string[]> {
  const known = options(changes);
  const pipeline = parsePipeline(
    stages.map((stage) => document(stage)),
    known,
  );
  const current = execution(collections, stageMemoryBytes);
  const namespace = known.collection === undefined ? undefined : { database: 'test', collection: known.collection };
  const source = await openPipeline(pipeline, namespace, known, current);
  const printed: string[] = [];
  for (let batch = await source.next(current); batch !== undefined; batch = await source.next(current)) {
    for (const one of batch) printed.push(printValue(one));
  }
  return printed;
}

function codeOf(stages: readonly Value[], changes: Partial<AggregationOptions> = {}): number {
  try {
    parsePipeline(stages, options(changes));
  } catch (error) {
    if (error instanceof MongoError) return error.code;
    throw error;
  }
  return 0;
}

const stage = (fields: { readonly [name: string]: Literal }): BsonDocument => document(fields);

const sales = new Collections({
  c: [
    { _id: 1, city: 'Bonn', sum: 3, tags: ['a', 'b'] },
    { _id: 2, city: 'Ulm', sum: 4, tags: [] },
    { _id: 3, city: 'Bonn', sum: 5 },
  ],
  cities: [{ _id: 'Bonn', people: 330 }],
});

describe('a pipeline is checked while it is read', () => {
  it.each([
    ['an unknown stage', [stage({ $nope: 1 })], 40324],
    ['two stages in one document', [stage({ $skip: 1, $limit: 1 })], 40323],
    ['no document', ['$match'], 14],
    ['a stage that must be first', [stage({ $match: {} }), stage({ $indexStats: {} })], 40602],
    ['a stage that must be last', [stage({ $out: 'd' }), stage({ $match: {} })], 40601],
    ['a stage that no $facet takes', [stage({ $facet: { f: [{ $out: 'd' }] } })], 40600],
    [
      'a $facet stage below a $lookup',
      [stage({ $facet: { f: [{ $lookup: { from: 'd', pipeline: [{ $collStats: {} }], as: 'x' } }] } })],
      40600,
    ],
    ['a write below a $lookup', [stage({ $lookup: { from: 'd', pipeline: [{ $merge: 'e' }], as: 'x' } })], 51047],
    ['a write below a $unionWith', [stage({ $unionWith: { coll: 'd', pipeline: [{ $merge: 'e' }] } })], 31441],
    ['$documents on a collection', [stage({ $documents: [] })], 73],
    ['more than 1000 stages', Array.from({ length: 1001 }, () => stage({ $skip: 1 })), 7749501],
  ])('refuses %s', (_, stages, code) => {
    expect(codeOf(stages)).toBe(code);
  });

  it('refuses what a transaction, a strict client or a read concern excludes', () => {
    expect(codeOf([stage({ $out: 'd' })], { isInTransaction: true })).toBe(263);
    expect(codeOf([stage({ $indexStats: {} })], { isStrictApi: true })).toBe(323);
    expect(codeOf([stage({ $merge: 'd' })], { readConcernLevel: 'linearizable' })).toBe(72);
  });

  it('takes constants as variables of the command, and nothing that a document must give', () => {
    expect(codeOf([], { let: document({ x: '$field' }) })).toBe(4890500);
    expect(codeOf([], { let: document({ NOW: 1 }) })).toBe(4738901);
    expect(codeOf([stage({ $match: { $expr: '$$y' } })], { let: document({ x: 1 }) })).toBe(17276);
  });
});

describe('stages over a collection', () => {
  it('groups, sorts and limits', async () => {
    expect(
      await run(sales, [{ $group: { _id: '$city', n: { $sum: '$sum' } } }, { $sort: { n: -1 } }, { $limit: 1 }]),
    ).toEqual(['{ _id: "Bonn", n: 8 }']);
  });

  it('unwinds arrays and keeps what has none if asked', async () => {
    const unwind = { $unwind: { path: '$tags', includeArrayIndex: 'at', preserveNullAndEmptyArrays: true } };
    expect(await run(sales, [unwind, { $project: { tags: 1, at: 1 } }])).toEqual([
      '{ _id: 1, tags: "a", at: 0 }',
      '{ _id: 1, tags: "b", at: 1 }',
      '{ _id: 2, at: null }',
      '{ _id: 3, at: null }',
    ]);
  });

  it('joins by equality, and by a pipeline that reads variables of the document', async () => {
    const equal = { $lookup: { from: 'cities', localField: 'city', foreignField: '_id', as: 'found' } };
    const correlated = {
      $lookup: {
        from: 'cities',
        let: { name: '$city' },
        pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$name'] } } }],
        as: 'found',
      },
    };
    const count = { $project: { n: { $size: '$found' } } };
    const expected = ['{ _id: 1, n: 1 }', '{ _id: 2, n: 0 }', '{ _id: 3, n: 1 }'];
    expect(await run(sales, [equal, count])).toEqual(expected);
    expect(await run(sales, [correlated, count])).toEqual(expected);
  });

  it('asks a foreign collection once where nothing of the document matters', async () => {
    const collections = new Collections({ c: [{ _id: 1 }, { _id: 2 }], d: [{ _id: 3 }] });
    await run(collections, [{ $lookup: { from: 'd', pipeline: [], as: 'x' } }]);
    expect(collections.opened).toHaveLength(2);
  });

  it('sees a view as the stages that it stands for', async () => {
    const collections = new Collections(
      {
        c: [
          { _id: 1, a: 1 },
          { _id: 2, a: 2 },
        ],
      },
      { v: { on: 'c', stages: [{ $match: { a: 2 } }] } },
    );
    expect(await run(collections, [{ $match: { _id: { $gt: 0 } } }], { collection: 'v' })).toEqual([
      '{ _id: 2, a: 2 }',
    ]);
    expect(printValue(collections.opened[0]?.filter?.specification)).toBe(
      '{ $and: [ { a: 2 }, { _id: { $gt: 0 } } ] }',
    );
  });

  it('looks at a window of documents around each one', async () => {
    const window = { sum: { $sum: '$sum', window: { documents: [-1, 0] } } };
    expect(
      await run(sales, [{ $setWindowFields: { sortBy: { _id: 1 }, output: window } }, { $project: { sum: 1 } }]),
    ).toEqual(['{ _id: 1, sum: 3 }', '{ _id: 2, sum: 7 }', '{ _id: 3, sum: 9 }']);
  });

  it('stops a stage that holds more than it may', async () => {
    await expect(run(sales, [{ $group: { _id: '$_id', all: { $push: '$$ROOT' } } }], {}, 500)).rejects.toMatchObject({
      codeName: 'QueryExceededMemoryLimitNoDiskUseAllowed',
    });
  });
});

describe('what a collection does of a pipeline', () => {
  const leadingOf = async (stages: Documents): Promise<LeadingQuery> => {
    const collections = new Collections({ c: [] });
    await run(collections, stages);
    return collections.opened[0] as LeadingQuery;
  };

  it('is filters, then a sort, then skips and limits', async () => {
    const stages = [
      { $match: { a: 1 } },
      { $sort: { b: 1 } },
      { $match: { c: 1 } },
      { $limit: 9 },
      { $skip: 2 },
      { $limit: 5 },
    ];
    const { filter, limit, skip, sort } = await leadingOf(stages);
    expect(printValue(filter?.specification)).toBe('{ $and: [ { a: 1 }, { c: 1 } ] }');
    expect(printValue(sort?.specification)).toBe('{ b: 1 }');
    expect({ skip, limit }).toEqual({ skip: 2, limit: 5 });
  });

  it('ends where another order of things would give something else', async () => {
    expect((await leadingOf([{ $limit: 5 }, { $match: { a: 1 } }])).filter).toBeUndefined();
    expect((await leadingOf([{ $skip: 5 }, { $sort: { a: 1 } }])).sort).toBeUndefined();
    expect((await leadingOf([{ $unwind: '$a' }, { $limit: 5 }])).limit).toBeUndefined();
  });
});
