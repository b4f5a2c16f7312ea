/**
 * Work on a single document that would take minutes: it ends with its own error, and who else is connected is served. The
 * bounds are far from what a slow machine needs, and farther from what the work itself would.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { document } from '../../src/bson/literal.ts';
import { BSONRegExp, Double } from '../../src/bson/scalar.ts';
import type { BsonDocument, Value } from '../../src/bson/value.ts';
import { type RunningServer, startServer } from '../../src/index.ts';
import { type Fields, WireClient } from '../../src/server/wire-client.fake.ts';

const elements = 100_000;
/** More than enough for any of the operations to be stopped after `maxTimeMS`. */
const boundMs = 15_000;
const maxTimeMS = 100;

let server: RunningServer;
let client: WireClient;
let neighbour: WireClient;
const bugs: string[] = [];

beforeAll(async () => {
  const ignore = (): void => undefined;
  const error = (_: object, message: string): void => void bugs.push(message);
  server = await startServer({ storageEngine: 'memory', log: { debug: ignore, info: ignore, warn: ignore, error } });
  client = await WireClient.connect(server.port);
  neighbour = await WireClient.connect(server.port);
  await run({ insert: 'lists', documents: [{ _id: 1, list: many(elements, (at) => at) }] });
  await run({ insert: 'items', documents: [{ _id: 1, items: many(elements, (at) => ({ a: at, b: `x${at}` })) }] });
  await run({ insert: 'polygons', documents: [{ shape: { type: 'Polygon', coordinates: circle(0) } }] });
  await run({
    create: 'guarded',
    validator: { $nor: many(20_000, (at) => ({ list: { $gt: elements + at } })) },
  });
});

afterAll(async () => {
  client.close();
  neighbour.close();
  await server.stop();
});

function run(command: Fields): Promise<BsonDocument> {
  return client.command({ ...command, $db: 'test' });
}

function many<Made>(count: number, make: (at: number) => Made): Made[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

function pipeline(collection: string, ...stages: Fields[]): Fields {
  return { aggregate: collection, cursor: {}, pipeline: stages };
}

const beyond = { $or: many(elements, (at) => ({ list: { $gt: elements + at } })) };
const noItem = { $or: many(elements, (at) => ({ a: -1 - at, b: 'y' })) };
const increased = { $map: { input: '$list', in: { $add: ['$$this', 1] } } };
const squared = { $map: { input: '$list', in: { $size: increased } } };
const sorted = { $sortArray: { input: '$items', sortBy: { b: 1 } } };

/** A ring of a great many corners around the middle of the map. */
function circle(width: number): number[][][] {
  const corners = many(20_000, (at) => {
    const angle = (2 * Math.PI * at) / 20_000;
    return [(10 + width) * Math.cos(angle), (10 + width) * Math.sin(angle)];
  });
  return [[...corners, corners[0] as number[]]];
}

/** Each would take tens of seconds at the least, most of them hours. */
const endless: Readonly<Record<string, Fields>> = {
  'find by $or': { find: 'lists', filter: beyond },
  'find by $and': {
    find: 'lists',
    filter: { $and: many(elements, (at) => ({ list: { $gt: elements - 9 + (at % 8) } })) },
  },
  'find by $nor': { find: 'lists', filter: { $nor: beyond.$or } },
  'find by $all': { find: 'lists', filter: { list: { $all: many(elements, (at) => elements - 1 - (at % 8)) } } },
  'find by $elemMatch': { find: 'items', filter: { items: { $elemMatch: noItem } } },
  'find by patterns': {
    find: 'items',
    filter: { 'items.b': { $in: many(10_000, (at) => new BSONRegExp(`^y${at}`, '')) } },
  },
  'find by $jsonSchema': {
    find: 'lists',
    filter: {
      $jsonSchema: {
        properties: {
          list: { items: { anyOf: [...many(20_000, (at) => ({ minimum: elements + at })), { minimum: 0 }] } },
        },
      },
    },
  },
  'find by $expr': { find: 'lists', filter: { $expr: { $lt: [{ $size: squared }, 0] } } },
  'find with a projection of $elemMatch': {
    find: 'items',
    filter: {},
    projection: { items: { $elemMatch: noItem } },
  },
  count: { count: 'lists', query: beyond },
  distinct: { distinct: 'lists', key: '_id', query: beyond },
  '$map in $map': pipeline('lists', { $project: { x: { $size: squared } } }),
  '$filter in $filter': pipeline('lists', {
    $project: {
      x: {
        $filter: {
          input: '$list',
          as: 'one',
          cond: { $eq: [[], { $filter: { input: '$list', cond: { $gt: ['$$this', '$$one'] } } }] },
        },
      },
    },
  }),
  '$in in $map': pipeline('lists', { $project: { x: { $map: { input: '$list', in: { $in: [-1, '$list'] } } } } }),
  '$setUnion in $reduce': pipeline('lists', {
    $project: { x: { $reduce: { input: '$list', initialValue: [], in: { $setUnion: ['$$value', ['$$this']] } } } },
  }),
  '$sortArray in $map': pipeline('items', { $project: { x: { $map: { input: '$items', in: { $size: sorted } } } } }),
  '$or in $map': pipeline('lists', {
    $project: {
      x: { $map: { input: '$list', in: { $or: many(20_000, (at) => ({ $eq: ['$$this', -1 - at] })) } } },
    },
  }),
  '$group of arrays': pipeline(
    'lists',
    { $set: { other: '$list' } },
    { $unwind: '$other' },
    {
      $group: { _id: null, all: { $addToSet: '$list' } },
    },
  ),
  'a window that grows': pipeline(
    'lists',
    { $unwind: '$list' },
    {
      $setWindowFields: {
        sortBy: { list: 1 },
        output: { all: { $push: '$list', window: { documents: ['unbounded', 'current'] } } },
      },
    },
  ),
  'find by a polygon': {
    find: 'polygons',
    filter: { shape: { $geoIntersects: { $geometry: { type: 'Polygon', coordinates: circle(0.1) } } } },
  },
  'update by $or': { update: 'lists', updates: [{ q: beyond, u: { $set: { hit: true } } }] },
  'update by a pipeline': { update: 'lists', updates: [{ q: {}, u: [{ $set: { hit: squared } }] }] },
  'update with array filters': {
    update: 'items',
    updates: [
      {
        q: {},
        u: { $set: { hit: true, 'items.$[item].hit': true } },
        arrayFilters: [{ $or: many(elements, (at) => ({ 'item.a': -1 - at, 'item.b': 'y' })) }],
      },
    ],
  },
  'update by $pull': { update: 'items', updates: [{ q: {}, u: { $set: { hit: true }, $pull: { items: noItem } } }] },
  'delete by $or': { delete: 'lists', deletes: [{ q: beyond, limit: 0 }] },
  findAndModify: { findAndModify: 'lists', query: beyond, update: { $set: { hit: true } } },
  'insert under a validator': { insert: 'guarded', documents: [{ list: many(elements, (at) => at) }] },
};

/** Runs a command while a neighbour pings; answers the reply, and how long both took together. */
async function runBesideNeighbour(command: Fields): Promise<{ reply: BsonDocument; tookMs: number }> {
  const startedMs = performance.now();
  const running = run(command);
  const pong = await neighbour.command({ ping: 1 });
  const reply = await running;
  expect(pong.get('ok')).toEqual(new Double(1));
  return { reply, tookMs: performance.now() - startedMs };
}

async function hits(): Promise<Value | undefined> {
  const reply = await run(
    pipeline('lists', { $unionWith: 'items' }, { $unionWith: 'guarded' }, { $project: { hit: 1 } }),
  );
  return (reply.get('cursor') as BsonDocument).get('firstBatch');
}

describe('a server asked for endless work on one document', () => {
  it.each(Object.keys(endless))('stops it after maxTimeMS and serves others: %s', { timeout: 60_000 }, async (name) => {
    const { reply, tookMs } = await runBesideNeighbour({ ...endless[name], maxTimeMS });
    expect(reply.get('codeName')).toBe('MaxTimeMSExpired');
    expect(tookMs).toBeLessThan(boundMs);
    expect(bugs).toEqual([]);
  });

  it('wrote nothing of what was stopped', async () => {
    expect(await hits()).toEqual([document({ _id: 1 }), document({ _id: 1 })]);
  });

  it('stops it after internalQueryMaxHoldMS where there is no maxTimeMS', { timeout: 60_000 }, async () => {
    await client.command({ setParameter: 1, internalQueryMaxHoldMS: 200 });
    for (const name of ['find by $or', '$map in $map', 'update with array filters', 'insert under a validator']) {
      const { reply, tookMs } = await runBesideNeighbour(endless[name] as Fields);
      expect(reply.get('codeName'), name).toBe('Interrupted');
      expect(reply.get('errmsg'), name).toContain('internalQueryMaxHoldMS');
      expect(tookMs, name).toBeLessThan(boundMs);
    }
    expect(await hits()).toEqual([document({ _id: 1 }), document({ _id: 1 })]);
  });

  it('lets many documents take longer than internalQueryMaxHoldMS together', { timeout: 60_000 }, async () => {
    await client.command({ setParameter: 1, internalQueryMaxHoldMS: 200 });
    await run({ insert: 'many', documents: many(300, (at) => ({ _id: at })) });
    const work = {
      $size: { $map: { input: { $range: [0, { $add: [10_000, '$_id'] }] }, in: { $add: ['$$this', 1] } } },
    };
    const startedMs = performance.now();
    const filtered = await run({ count: 'many', query: { $expr: { $gt: [work, 0] } } });
    const projected = await run(pipeline('many', { $sort: { _id: 1 } }, { $project: { n: work } }, { $count: 'n' }));
    expect(performance.now() - startedMs).toBeGreaterThan(200);
    expect(filtered.get('n')).toBe(300);
    expect((projected.get('cursor') as BsonDocument).get('firstBatch')).toEqual([document({ n: 300 })]);
  });
});
