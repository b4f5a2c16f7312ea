import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, type RunningServer, startServer } from '../../src/index.ts';

let clock: ManualClock;
let server: RunningServer;
let client: MongoClient;

beforeEach(async () => {
  clock = new ManualClock();
  server = await startServer({ storageEngine: 'memory', clock, parameters: { enableTestCommands: true } });
  client = await MongoClient.connect(server.uri);
});

afterEach(async () => {
  await client.close();
  await server.stop();
});

const minuteMs = 60_000;

/** Asks again until the answer is the expected one; every question is a round trip in which background work goes on. */
async function eventually<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) if ((await ask()) === expected) return;
  expect(await ask()).toBe(expected);
}

describe('with a clock that stands still until it is moved', () => {
  it('documents expire by their TTL index, to the second', async () => {
    const events = client.db('shop').collection('events');
    await events.createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
    await events.insertMany([
      { _id: 'old' as never, at: new Date(clock.nowMs()) },
      { _id: 'new' as never, at: new Date(clock.nowMs() + 30 * minuteMs) },
      { _id: 'never' as never, at: 'not a date' },
    ]);
    clock.advance(59 * minuteMs);
    await client.db('admin').command({ ping: 1 });
    expect(await events.countDocuments()).toBe(3);
    clock.advance(2 * minuteMs);
    await eventually(() => events.countDocuments(), 2);
    clock.advance(31 * minuteMs);
    await eventually(() => events.countDocuments(), 1);
  });

  it('a session expires after 31 minutes that take no time, and its cursor with it', async () => {
    const items = client.db('shop').collection('items');
    await items.insertMany(Array.from({ length: 10 }, (_, at) => ({ at })));
    const session = client.startSession();
    const cursor = items.find({}, { session, batchSize: 2 });
    await cursor.next();
    const admin = client.db('admin');
    const records = client.db('config').collection('system.sessions');
    await admin.command({ refreshLogicalSessionCacheNow: 1 });
    const { id } = session.id ?? {};
    expect(await records.countDocuments({ '_id.id': id })).toBe(1);
    clock.advance(31 * minuteMs);
    await eventually(() => records.countDocuments({ '_id.id': id }), 0);
    await admin.command({ refreshLogicalSessionCacheNow: 1 });
    await cursor.next();
    await expect(cursor.next()).rejects.toMatchObject({ code: 43, message: expect.stringMatching(/session/) });
    await session.endSession();
  });

  it('an open transaction ends at its lifetime limit', async () => {
    const items = client.db('shop').collection('items');
    const session = client.startSession();
    session.startTransaction();
    await items.insertOne({ at: 1 }, { session });
    clock.advance(61_000);
    await expect(items.insertOne({ at: 2 }, { session })).rejects.toMatchObject({ code: 251 });
    await session.endSession();
    expect(await items.countDocuments()).toBe(0);
  });
});
