import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/index.ts';

let server: RunningServer;
let client: MongoClient;
let admin: Db;

beforeAll(async () => {
  server = await startServer({ storageEngine: 'memory' });
  client = await MongoClient.connect(server.uri);
  admin = client.db('admin');
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

describe('administration', () => {
  it('keeps writers waiting while the server is locked, and readers not', async () => {
    const things = client.db('locked').collection('things');
    await things.insertOne({ n: 1 });
    expect(await admin.command({ fsync: 1, lock: true })).toMatchObject({ lockCount: 1 });
    let isWritten = false;
    const written = things.insertOne({ n: 2 }).then(() => {
      isWritten = true;
    });
    expect(await things.countDocuments()).toBe(1);
    await expect(things.insertOne({ n: 3 }, { maxTimeMS: 20 } as object)).rejects.toMatchObject({ code: 50 });
    expect(await admin.command({ currentOp: 1 })).toMatchObject({ fsyncLock: true });
    expect(isWritten).toBe(false);
    expect(await admin.command({ fsyncUnlock: 1 })).toMatchObject({ lockCount: 0 });
    await written;
    expect(await things.countDocuments()).toBe(2);
  });

  it('refuses what users write while they are blocked, and lets them read', async () => {
    const things = client.db('blocked').collection<{ _id: number }>('things');
    await things.insertOne({ _id: 1 });
    await admin.command({ setUserWriteBlockMode: 1, global: true });
    await expect(things.insertOne({ _id: 2 })).rejects.toMatchObject({ code: 371 });
    await expect(things.aggregate([{ $out: 'copy' }]).toArray()).rejects.toMatchObject({ code: 371 });
    expect(await things.findOne()).toEqual({ _id: 1 });
    await admin.command({ setUserWriteBlockMode: 1, global: false });
    await things.insertOne({ _id: 2 });
  });

  it('plans queries of a filtered shape with the allowed indexes alone', async () => {
    const database = client.db('filtered');
    const things = database.collection('things');
    await things.createIndex({ a: 1 });
    await things.insertMany([{ a: 1 }, { a: 2 }]);
    const plan = async (): Promise<unknown> => (await things.find({ a: 2 }).explain('queryPlanner')).queryPlanner;
    expect(JSON.stringify(await plan())).toContain('IXSCAN');
    await database.command({ planCacheSetFilter: 'things', query: { a: 0 }, indexes: [{ b: 1 }] });
    expect(await plan()).toMatchObject({ indexFilterSet: true, winningPlan: { stage: 'COLLSCAN' } });
    expect(await things.find({ a: 2 }).toArray()).toHaveLength(1);
    await database.command({ planCacheClearFilters: 'things' });
    expect(await plan()).toMatchObject({ indexFilterSet: false });
  });

  it('records operations of a profiled database and of no other', async () => {
    const database = client.db('profiled');
    await database.command({ profile: 2 });
    await database.collection('things').insertOne({ n: 1 });
    await client.db('elsewhere').collection('things').insertOne({ n: 1 });
    const profile = database.collection('system.profile');
    expect(await profile.countDocuments()).toBe(1);
    // Looking at the profile is an operation like others.
    expect(await profile.countDocuments()).toBe(2);
    expect(await profile.findOne({ op: 'insert' })).toMatchObject({
      ns: 'profiled.things',
      ok: 1,
    });
    await database.command({ profile: 0 });
    expect(await client.db('elsewhere').collection('system.profile').countDocuments()).toBe(0);
  });

  it('remembers the feature compatibility version over a restart, and says which it takes', async () => {
    const dbPath = await mkdtemp(join(tmpdir(), 'sojourn-administration-'));
    const ask = { getParameter: 1, featureCompatibilityVersion: 1 };
    try {
      for (const version of ['8.2', '8.0']) {
        await using durable = await startServer({ dbPath });
        await using durableClient = await MongoClient.connect(durable.uri);
        const database = durableClient.db('admin');
        const stored = database.collection<{ _id: string }>('system.version');
        expect(await database.command(ask)).toMatchObject({ featureCompatibilityVersion: { version } });
        expect(await stored.findOne()).toEqual({ _id: 'featureCompatibilityVersion', version });
        const set = (wanted: string, confirm?: boolean) =>
          database.command({ setFeatureCompatibilityVersion: wanted, ...(confirm === undefined ? {} : { confirm }) });
        await expect(set('8.0')).rejects.toMatchObject({ code: 7_369_100 });
        await expect(set('8.0', false)).rejects.toMatchObject({ code: 7_369_100 });
        await expect(set('3.4', true)).rejects.toMatchObject({
          code: 4_926_900,
          message: expect.stringMatching(/3\.6 or greater/),
        });
        expect(await database.command(ask)).toMatchObject({ featureCompatibilityVersion: { version } });
        expect(await set('8.0', true)).toMatchObject({ ok: 1 });
        expect(await database.command(ask)).toMatchObject({ featureCompatibilityVersion: { version: '8.0' } });
        expect(await database.command({ startSession: 1 })).toMatchObject({ ok: 1 });
      }
    } finally {
      await rm(dbPath, { recursive: true, force: true });
    }
  });

  it('tells the log what a validator would refuse, with _id and reason, and lets it in where it only warns', async () => {
    const database = client.db('validated');
    const warnings = async (): Promise<string[]> =>
      (await admin.command({ getLog: 'global' })).log.filter((line: string) => line.includes('would fail validation'));
    for (const [action, code, lines] of [
      ['error', 121, 0],
      ['warn', undefined, 1],
      ['errorAndLog', 121, 2],
    ] as const) {
      const options = { validator: { age: { $gt: 17 } }, validationAction: action } as object;
      const people = await database.createCollection<{ _id: string; age: number }>(action, options);
      await people.insertOne({ _id: 'old enough', age: 18 });
      const done = await people.insertOne({ _id: `too young for ${action}`, age: 3 }).catch((error) => error);
      expect(done.code).toBe(code);
      const told = await warnings();
      expect(told).toHaveLength(lines);
      if (lines === 0) continue;
      expect(told.at(-1)).toContain(`too young for ${action}`);
      expect(told.at(-1)).toContain(`validated.${action}`);
      expect(told.at(-1)).toContain('operatorName');
    }
  });

  it('stores documents of 180 levels, and refuses to insert or make deeper ones', async () => {
    const deep = client.db('deep').collection<{ _id: number; levels?: object }>('documents');
    const nested = (levels: number): object => (levels === 1 ? {} : { inner: nested(levels - 1) });
    await deep.insertOne({ _id: 1, levels: nested(179) });
    const tooDeep = { code: 15, message: expect.stringMatching(/180 levels/) };
    await expect(deep.insertOne({ _id: 2, levels: nested(180) })).rejects.toMatchObject(tooDeep);
    const rest = deep.insertMany([{ _id: 3 }, { _id: 4, levels: nested(190) }, { _id: 5 }], { ordered: false });
    await expect(rest).rejects.toMatchObject({ result: { insertedCount: 2 }, code: 15 });
    await expect(deep.updateOne({ _id: 3 }, { $set: { levels: nested(180) } })).rejects.toMatchObject({ code: 15 });
    expect(await deep.countDocuments()).toBe(3);
  });

  it('remembers default concerns and cluster parameters over a restart', async () => {
    const dbPath = await mkdtemp(join(tmpdir(), 'sojourn-administration-'));
    try {
      for (const isFirst of [true, false]) {
        await using durable = await startServer({ dbPath });
        await using durableClient = await MongoClient.connect(durable.uri);
        const database = durableClient.db('admin');
        if (isFirst) {
          await database.command({
            setDefaultRWConcern: 1,
            defaultReadConcern: { level: 'majority' },
            defaultWriteConcern: { w: 1 },
          });
          await database.command({ setClusterParameter: { changeStreams: { expireAfterSeconds: 60 } } });
        }
        expect(await database.command({ getDefaultRWConcern: 1 })).toMatchObject({
          defaultReadConcern: { level: 'majority' },
          defaultWriteConcern: { w: 1 },
          defaultWriteConcernSource: 'global',
        });
        expect(await database.command({ getClusterParameter: 'changeStreams' })).toMatchObject({
          clusterParameters: [{ _id: 'changeStreams', expireAfterSeconds: 60 }],
        });
      }
    } finally {
      await rm(dbPath, { recursive: true, force: true });
    }
  });
});
