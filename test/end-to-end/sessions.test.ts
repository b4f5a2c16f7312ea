import { describe, expect, it } from 'vitest';
import type { Fields } from '../../src/server/wire-client.fake.ts';
import { type Answer, eventually, nobody, SessionServer, sessionId } from './session-server.ts';

const ids = (first: number, count: number): Fields[] =>
  Array.from({ length: count }, (_, index) => sessionId(first + index));

const findShop = { find: 'items', $db: 'shop' };

describe('startSession', () => {
  it('adds one session to the cache and tells its id and timeout', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    expect((await client.cache()).activeSessionsCount).toBe(0);
    const started = await client.run({ startSession: 1 });
    expect(started).toMatchObject({ ok: 1, timeoutMinutes: 30, id: { id: { sub_type: 4 } } });
    expect((await client.cache()).activeSessionsCount).toBe(1);
    expect(await client.records()).toEqual([]);
  });
});

describe('refreshSessions', () => {
  it('takes known, unknown, repeated and no sessions', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    const { id } = await client.run({ startSession: 1 });
    const one = sessionId(1);
    for (const [sessions, count] of [
      [[id], 1],
      [[one], 2],
      [[id, one, sessionId(2)], 3],
      [[one, one], 3],
      [[], 3],
    ] as const) {
      expect(await client.run({ refreshSessions: sessions })).toMatchObject({ ok: 1 });
      expect((await client.cache()).activeSessionsCount).toBe(count);
    }
  });

  it('fails for the one that is too many, and a refresh writes those that were not', async () => {
    await using server = await SessionServer.start({ parameters: { maxSessions: 3 } });
    const client = await server.connect();
    expect(await client.run({ refreshSessions: ids(1, 3) })).toMatchObject({ ok: 1 });
    expect(await client.run({ refreshSessions: ids(4, 1) })).toMatchObject({ code: 261 });
    expect(await client.run({ startSession: 1 })).toMatchObject({ code: 261 });
    expect(await client.run({ ...findShop, lsid: sessionId(5) })).toMatchObject({ code: 261 });
    expect(await client.run({ ...findShop, lsid: sessionId(1) })).toMatchObject({ ok: 1 });
    await client.refresh();
    expect(await client.records()).toHaveLength(3);
    expect(await client.run({ startSession: 1 })).toMatchObject({ ok: 1 });
  });
});

describe('endSessions', () => {
  it('takes records away with the next refresh, however often it names them', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    const started: Fields[] = [];
    for (let count = 0; count < 20; count++) started.push((await client.run({ startSession: 1 })).id);
    await client.refresh();
    expect(await client.records()).toHaveLength(20);
    await client.run({ endSessions: started.slice(0, 10) });
    expect(await client.records()).toHaveLength(20);
    await client.refresh();
    expect(await client.records()).toHaveLength(10);
    await client.run({ endSessions: [...started.slice(10), ...started.slice(10)] });
    await client.run({ endSessions: started.slice(10) });
    await client.refresh();
    expect(await client.records()).toEqual([]);
    expect(await client.run({ endSessions: ids(1, 3) })).toMatchObject({ ok: 1 });
    await client.refresh();
    expect((await client.cache()).lastSessionsCollectionJobEntriesEnded).toBe(3);
  });
});

describe('the cache', () => {
  const lsid = sessionId(7);
  const commands: Fields[] = [
    { ping: 1 },
    { find: 'items', $db: 'shop' },
    { insert: 'items', documents: [{}], $db: 'shop' },
    { update: 'items', updates: [{ q: {}, u: { $set: { a: 1 } } }], $db: 'shop' },
    { delete: 'items', deletes: [{ q: { b: 1 }, limit: 0 }], $db: 'shop' },
    { findAndModify: 'items', query: {}, update: { $inc: { a: 1 } }, $db: 'shop' },
    { aggregate: 'items', pipeline: [], cursor: {}, $db: 'shop' },
    { count: 'items', $db: 'shop' },
    { distinct: 'items', key: 'a', $db: 'shop' },
    { createIndexes: 'items', indexes: [{ key: { a: 1 }, name: 'a' }], $db: 'shop' },
    { listIndexes: 'items', $db: 'shop' },
    { listCollections: 1, $db: 'shop' },
    { listDatabases: 1 },
    { serverStatus: 1 },
    { getMore: 123n, collection: 'items', $db: 'shop' },
    { find: 'items', noSuchArgument: 1, $db: 'shop' },
  ];

  it('is told of every command with an lsid, also of those that fail', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    let lastUse = 0;
    for (const command of commands) {
      server.clock.advance(1000);
      await client.run({ ...command, lsid });
      const [record] = await client.aggregate('shop', 1, { $listLocalSessions: { allUsers: true } });
      expect(record?._id.id.buffer).toEqual(lsid.id.buffer);
      expect(record?.lastUse.getTime()).toBeGreaterThan(lastUse);
      lastUse = record?.lastUse.getTime();
    }
  });

  it('knows a session again that a find or a getMore names after a refresh', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    await client.run({ insert: 'items', documents: [{}, {}, {}], $db: 'shop' });
    const { cursor } = await client.run({ ...findShop, batchSize: 1, lsid });
    expect((await client.cache()).activeSessionsCount).toBe(1);
    await client.refresh();
    expect((await client.cache()).activeSessionsCount).toBe(0);
    await client.run({ getMore: cursor.id, collection: 'items', batchSize: 1, lsid, $db: 'shop' });
    expect((await client.cache()).activeSessionsCount).toBe(1);
  });

  it('is refreshed and reaped on demand only where test commands are on', async () => {
    await using server = await SessionServer.start({ parameters: { enableTestCommands: false } });
    const client = await server.connect();
    expect(await client.refresh()).toMatchObject({ code: 59 });
    expect(await client.run({ reapLogicalSessionCacheNow: 1 })).toMatchObject({ code: 59 });
  });
});

describe('the records', () => {
  it('that were removed do not come back, and cursors go with them unless the session was used since', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    await client.run({ insert: 'items', documents: [{}, {}, {}, {}], $db: 'shop' });
    const cursors: Answer[] = [];
    for (const lsid of [sessionId(1), sessionId(2)]) {
      cursors.push((await client.run({ ...findShop, batchSize: 1, lsid })).cursor);
    }
    const more = (at: number): Promise<Answer> =>
      client.run({ getMore: cursors[at]?.id, collection: 'items', batchSize: 1, lsid: sessionId(at + 1), $db: 'shop' });
    await client.refresh();
    const [before] = await client.records();
    server.clock.advance(1000);
    expect(await more(0)).toMatchObject({ ok: 1 });
    await client.refresh();
    const after = (await client.records()).map(({ lastUse }) => lastUse - before?.lastUse);
    expect(after.sort()).toEqual([0, 1000]);
    await client.run({ delete: 'system.sessions', deletes: [{ q: {}, limit: 0 }], $db: 'config' });
    expect(await more(0)).toMatchObject({ ok: 1 });
    await client.refresh();
    expect(await client.records()).toHaveLength(1);
    expect(await more(0)).toMatchObject({ ok: 1 });
    const gone = await more(1);
    expect(gone).toMatchObject({ code: 43, errmsg: expect.stringMatching(/expired.*refreshSessions/) });
  });

  it('of a running getMore come back', async () => {
    await using server = await SessionServer.start();
    const [client, other] = [await server.connect(), await server.connect()];
    const wait = await server.tail(client, sessionId(1));
    const waiting = wait();
    const inProgress = async (): Promise<number> =>
      (await other.aggregate('admin', 1, { $currentOp: {} }, { $match: { 'command.getMore': { $gt: 0 } } })).length;
    await eventually(inProgress, 1);
    await other.refresh();
    await other.run({ delete: 'system.sessions', deletes: [{ q: {}, limit: 0 }], $db: 'config' });
    await other.refresh();
    const records = await other.records();
    expect(records).toHaveLength(1);
    expect(records[0]).not.toHaveProperty('user');
    await other.run({ insert: 'tail', documents: [{ n: 2 }], $db: 'shop' });
    expect((await waiting).cursor.nextBatch).toHaveLength(1);
  });

  it('get their collection and its TTL index back, as they were dropped or changed', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    const ttl = async (): Promise<unknown> => {
      const reply = await client.run({ listIndexes: 'system.sessions', $db: 'config' });
      return reply.cursor?.firstBatch.find(({ key }: Answer) => key.lastUse === 1)?.expireAfterSeconds;
    };
    expect(await ttl()).toBeUndefined();
    await client.refresh();
    expect(await ttl()).toBe(1800);
    await client.run({ dropIndexes: 'system.sessions', index: 'lsidTTLIndex', $db: 'config' });
    expect(await ttl()).toBeUndefined();
    await client.refresh();
    expect(await ttl()).toBe(1800);
    const index = { name: 'lsidTTLIndex', expireAfterSeconds: 5 };
    await client.run({ collMod: 'system.sessions', index, $db: 'config' });
    expect(await ttl()).toBe(5);
    await client.refresh();
    expect(await ttl()).toBe(1800);
    await client.run({ drop: 'system.sessions', $db: 'config' });
    await client.run({ startSession: 1 });
    await client.refresh();
    expect([await ttl(), (await client.records()).length]).toEqual([1800, 1]);
  });

  it('move the cluster time when a job writes or removes them', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    const now = async (): Promise<bigint> => (await client.run({ ping: 1 })).operationTime.toBigInt();
    await client.refresh();
    const idle = await now();
    expect(await now()).toBe(idle);
    await client.run({ startSession: 1 });
    await client.refresh();
    const written = await now();
    expect(written).toBeGreaterThan(idle);
    server.clock.advance(31 * 60_000);
    await eventually(async () => (await client.records()).length, 0);
    expect(await now()).toBeGreaterThan(written);
  });
});

describe('cursors of a session', () => {
  it('are read on in that session alone', async () => {
    await using server = await SessionServer.start({ standalone: true });
    const client = await server.connect();
    await client.run({ insert: 'items', documents: [{}, {}, {}], $db: 'shop' });
    const { cursor } = await client.run({ ...findShop, batchSize: 1, lsid: sessionId(1) });
    const getMore = { getMore: cursor.id, collection: 'items', batchSize: 1, $db: 'shop' };
    expect(await client.run({ ...getMore, lsid: sessionId(2) })).toMatchObject({ code: 50738 });
    expect(await client.run(getMore)).toMatchObject({ code: 50737 });
    expect(await client.run({ ...getMore, lsid: sessionId(1) })).toMatchObject({ ok: 1 });
    const bare = await client.run({ ...findShop, batchSize: 1 });
    const strange = { ...getMore, getMore: bare.cursor.id, lsid: sessionId(1) };
    expect(await client.run(strange)).toMatchObject({ code: 50736 });
  });
});

describe('the reaper', () => {
  const sessions = 300;

  async function writeInAll(client: Awaited<ReturnType<SessionServer['connect']>>): Promise<void> {
    for (const lsid of ids(0, sessions)) {
      const insert = { insert: 'items', documents: [{}], lsid, txnNumber: 1n, $db: 'shop' };
      expect(await client.run(insert)).toMatchObject({ n: 1 });
    }
    await client.refresh();
  }

  const stored = async (client: Awaited<ReturnType<SessionServer['connect']>>): Promise<number> =>
    (await client.run({ count: 'transactions', $db: 'config' })).n;

  it('forgets histories of sessions without a record when they are old enough', async () => {
    await using server = await SessionServer.start({ parameters: { TransactionRecordMinimumLifetimeMinutes: -1 } });
    const client = await server.connect();
    await writeInAll(client);
    await client.run({ reapLogicalSessionCacheNow: 1 });
    expect(await stored(client)).toBe(sessions);
    await client.run({ delete: 'system.sessions', deletes: [{ q: {}, limit: 0 }], $db: 'config' });
    await client.run({ reapLogicalSessionCacheNow: 1 });
    expect(await stored(client)).toBe(0);
    expect((await client.cache()).lastTransactionReaperJobEntriesCleanedUp).toBe(sessions);
  });

  it('keeps those that were written to within half an hour', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    await writeInAll(client);
    await client.run({ delete: 'system.sessions', deletes: [{ q: {}, limit: 0 }], $db: 'config' });
    await client.run({ reapLogicalSessionCacheNow: 1 });
    expect(await stored(client)).toBe(sessions);
  });
});

describe('listing', () => {
  it('shows the same sessions by default, by name and for everybody, where nobody logs in', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    const { id } = await client.run({ startSession: 1 });
    const local = await client.aggregate('admin', 1, { $listLocalSessions: {} });
    expect(local.map(({ _id }) => [_id.id.buffer, _id.uid.buffer])).toEqual([[id.id.buffer, nobody.buffer]]);
    for (const argument of [{ users: [{ user: '', db: '' }] }, { allUsers: true }]) {
      expect(await client.aggregate('shop', 1, { $listLocalSessions: argument })).toEqual(local);
    }
    await client.refresh();
    const listed = await client.aggregate('config', 'system.sessions', { $listSessions: {} });
    expect(listed).toEqual(await client.records());
    for (const argument of [{ users: [{ user: '', db: '' }] }, { allUsers: true }]) {
      expect(await client.aggregate('config', 'system.sessions', { $listSessions: argument })).toEqual(listed);
    }
    expect(await client.aggregate('admin', 1, { $listLocalSessions: {} })).toEqual([]);
  });

  it('is refused on other namespaces', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    for (const [database, collection] of [
      ['config', 'system.other'],
      ['shop', 'system.sessions'],
    ] as const) {
      const [refused] = await client.aggregate(database, collection, { $listSessions: {} });
      expect(refused).toMatchObject({ code: 73 });
    }
    const [refused] = await client.aggregate('config', 'system.sessions', { $listLocalSessions: {} });
    expect(refused).toMatchObject({ code: 73 });
  });

  it('tells who opened a session and what it did, when asked', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    const driver = { name: 'a driver', version: '1' };
    const metadata = { application: { name: 'an application' }, driver, os: { type: 'any' } };
    await client.run({ hello: 1, client: metadata });
    const { id } = await client.run({ startSession: 1 });
    await client.run({ ...findShop, lsid: id });
    const [shown] = await client.aggregate('admin', 1, { $listLocalSessions: { allUsers: true, details: true } });
    expect(shown?.details).toMatchObject({
      appName: 'an application',
      driver,
      address: expect.stringContaining('127.0.0.1'),
      firstCommand: 'startSession',
      lastCommand: 'find',
      commands: 2,
    });
  });
});
