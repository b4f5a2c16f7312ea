/** Commands that are made to stop a server: nothing of them may end a connection or hang, and each gets an answer that says why. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BsonDocument } from '../../src/bson/value.ts';
import { type RunningServer, startServer } from '../../src/index.ts';
import { type Fields, WireClient } from '../../src/server/wire-client.fake.ts';

type Nested = Fields | readonly Nested[] | number | string;

let server: RunningServer;
let client: WireClient;
const bugs: string[] = [];

beforeAll(async () => {
  const ignore = (): void => undefined;
  const error = (_: object, message: string): void => void bugs.push(message);
  server = await startServer({ log: { debug: ignore, info: ignore, warn: ignore, error } });
  client = await WireClient.connect(server.port);
  await client.command({
    insert: 'c',
    documents: [{ _id: 1, text: 'a'.repeat(50_000), list: [1, 2, 3] }],
    $db: 'test',
  });
});

afterAll(async () => {
  client.close();
  await server.stop();
});

function run(command: Fields): Promise<BsonDocument> {
  return client.command({ ...command, $db: 'test' });
}

/** This many levels of what `wrap` puts around. */
function nest(depth: number, core: Nested, wrap: (inner: Nested) => Nested): Nested {
  let nested = core;
  for (let level = 0; level < depth; level++) nested = wrap(nested);
  return nested;
}

function many<Made>(count: number, make: (at: number) => Made): Made[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

function fields(count: number, make: (at: number) => Nested): Fields {
  return Object.fromEntries(many(count, (at) => [`f${at}`, make(at)]));
}

const within = (inner: Nested): Nested => ({ a: inner });

/** Where a command takes something nested. */
const nested: Readonly<Record<string, (depth: number) => Fields>> = {
  document: (depth) => ({ insert: 'c', documents: [nest(depth, 1, within) as Fields] }),
  array: (depth) => ({ insert: 'c', documents: [{ a: nest(depth, 1, (inner) => [inner]) }] }),
  filter: (depth) => ({ find: 'c', filter: nest(depth, 1, within) }),
  $and: (depth) => ({ find: 'c', filter: nest(depth / 2, { a: 1 }, (inner) => ({ $and: [inner] })) }),
  $not: (depth) => ({ find: 'c', filter: { a: nest(depth, { $gt: 1 }, (inner) => ({ $not: inner })) } }),
  $elemMatch: (depth) => ({ find: 'c', filter: { a: nest(depth, { $gt: 1 }, (inner) => ({ $elemMatch: inner })) } }),
  $expr: (depth) => ({ find: 'c', filter: { $expr: nest(depth / 2, '$a', (inner) => ({ $add: [inner, 1] })) } }),
  projection: (depth) => ({ find: 'c', projection: nest(depth, 1, within) }),
  sort: (depth) => ({ find: 'c', sort: nest(depth, 1, within) }),
  let: (depth) => ({ find: 'c', let: { x: nest(depth, 1, within) } }),
  readConcern: (depth) => ({ find: 'c', readConcern: nest(depth, 1, within) }),
  lsid: (depth) => ({ find: 'c', lsid: nest(depth, 1, within) }),
  comment: (depth) => ({ ping: 1, comment: nest(depth, 1, within) }),
  $facet: (depth) => pipeline({ $facet: { a: [{ $match: nest(depth, 1, within) }] } }),
  $group: (depth) => pipeline({ $group: { _id: nest(depth, 1, within) } }),
  $lookup: (depth) =>
    pipeline(nest(depth / 3, { $limit: 1 }, (inner) => ({ $lookup: { from: 'nothing', as: 'x', pipeline: [inner] } }))),
  $unionWith: (depth) =>
    pipeline(nest(depth / 3, { $limit: 1 }, (inner) => ({ $unionWith: { coll: 'nothing', pipeline: [inner] } }))),
  $set: (depth) => ({ update: 'c', updates: [{ q: {}, u: { $set: { x: nest(depth, 1, within) } } }] }),
  path: (depth) => ({ update: 'c', updates: [{ q: {}, u: { $set: { [path(depth)]: 1 } } }] }),
  $pull: (depth) => ({ update: 'c', updates: [{ q: {}, u: { $pull: { x: nest(depth, 1, within) } } }] }),
  validator: (depth) => ({ create: `v${depth}`, validator: nest(depth, 1, within) }),
  $jsonSchema: (depth) => ({
    create: `s${depth}`,
    validator: { $jsonSchema: nest(depth / 2, { bsonType: 'int' }, (inner) => ({ properties: { a: inner } })) },
  }),
  index: (depth) => ({ createIndexes: 'i', indexes: [{ key: { [path(depth)]: 1 }, name: `i${depth}` }] }),
  explain: (depth) => ({ explain: { find: 'c', filter: nest(depth, 1, within) } }),
};

function path(depth: number): string {
  return Array(depth).fill('a').join('.');
}

function pipeline(stage: Nested): Fields {
  return { aggregate: 'c', cursor: {}, pipeline: [stage] };
}

const count = 10_000;

/** What would take the square of its size, were it done carelessly. */
const wide: Readonly<Record<string, Fields>> = {
  $or: { find: 'c', filter: { $or: many(count, (at) => ({ _id: -at - 1 })) } },
  '$or over fields': { find: 'c', filter: { $or: many(count, (at) => ({ [`f${at}`]: 1 })) } },
  $in: { find: 'c', filter: { _id: { $in: many(count, (at) => -at - 1) } } },
  $nin: { find: 'c', filter: { list: { $nin: many(count, (at) => -at - 1) } } },
  fields: { find: 'c', filter: fields(count, (at) => at) },
  'long name': { find: 'c', filter: { ['n'.repeat(1_000_000)]: 1 } },
  'long path': { find: 'c', filter: { [path(100_000)]: 1 } },
  'long path of an expression': { find: 'c', filter: { $expr: `$${path(50_000)}` } },
  $concat: { find: 'c', filter: { $expr: { $concat: many(count, () => 'x') } } },
  projection: { find: 'c', projection: fields(count, () => 1) },
  $set: { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: fields(count, (at) => at) } }] },
  $unset: { update: 'c', updates: [{ q: { _id: 1 }, u: { $unset: fields(count, () => 1) } }] },
  $addToSet: {
    update: 'c',
    updates: [{ q: { _id: 1 }, u: { $addToSet: { set: { $each: many(count, (at) => at) } } } }],
  },
  $pullAll: { update: 'c', updates: [{ q: { _id: 1 }, u: { $pullAll: { set: many(count, (at) => at) } } }] },
  $push: {
    update: 'c',
    updates: [{ q: { _id: 1 }, u: { $push: { p: { $each: many(count, (at) => at), $position: 0 } } } }],
  },
  $bucket: pipeline({ $bucket: { groupBy: '$_id', boundaries: many(count, (at) => at), default: -1 } }),
  $regexFindAll: pipeline({ $project: { n: { $size: { $regexFindAll: { input: '$text', regex: 'a*?a' } } } } }),
  'evil pattern': { find: 'c', filter: { text: { $regex: '(a+)+$|b(a|aa)*c' } } },
  'evil pattern with a reference': { find: 'c', filter: { text: { $regex: '(a+)+\\1b' } } },
  'expressions in expressions': pipeline({
    $project: {
      x: { $map: { input: { $range: [0, 100_000] }, in: { $in: ['x', { $range: [0, { $add: [9999, '$_id'] }] }] } } },
    },
  }),
};

describe('a server', () => {
  it.each(Object.keys(nested))('answers what is nested deeply: %s', async (name) => {
    for (const depth of [60, 90, 150, 180, 199, 240, 1500]) {
      const reply = await run((nested[name] as (depth: number) => Fields)(depth));
      expect(reply.has('ok'), `${depth} levels`).toBe(true);
      expect(reply.get('code'), `${depth} levels`).not.toBe(1);
    }
    expect(bugs).toEqual([]);
  });

  it.each(Object.keys(wide))('answers what is very wide: %s', async (name) => {
    const reply = await run(wide[name] as Fields);
    expect(reply.has('ok')).toBe(true);
    expect(reply.get('code')).not.toBe(1);
    expect(bugs).toEqual([]);
  });
});
