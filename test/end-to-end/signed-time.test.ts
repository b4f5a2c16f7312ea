import { type Binary, type ClientSession, Long, MongoClient, Timestamp } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signTime } from '../../src/auth/cluster-time-signature.ts';
import * as scalar from '../../src/bson/scalar.ts';
import { type RunningServer, startServer } from '../../src/index.ts';
import { WireClient } from '../../src/server/wire-client.fake.ts';

let server: RunningServer;
let plain: MongoClient;
let trusted: MongoClient;
const open: MongoClient[] = [];

interface TimeKey {
  _id: Long;
  key: Binary;
}

interface ClusterTime {
  clusterTime: Timestamp;
  signature: { hash: Binary; keyId: Long };
}

async function connect(username: string): Promise<MongoClient> {
  const client = new MongoClient(server.uri, {
    auth: { username, password: 'p' },
    maxPoolSize: 1,
    promoteLongs: false,
  });
  open.push(client);
  return client.connect();
}

beforeAll(async () => {
  server = await startServer({ auth: true });
  const first = await MongoClient.connect(server.uri);
  await first.db('admin').command({ createUser: 'root', pwd: 'p', roles: ['root'] });
  await first.close();
  const admin = (await connect('root')).db('admin');
  await admin.command({
    createRole: 'timekeeper',
    privileges: [
      { resource: { cluster: true }, actions: ['advanceClusterTime'] },
      { resource: { db: 'admin', collection: 'system.keys' }, actions: ['find'] },
    ],
    roles: [],
  });
  await admin.command({ createUser: 'plain', pwd: 'p', roles: [{ role: 'readWrite', db: 'shop' }] });
  await admin.command({ createUser: 'trusted', pwd: 'p', roles: ['timekeeper', 'readWriteAnyDatabase'] });
  [plain, trusted] = [await connect('plain'), await connect('trusted')];
});

afterAll(async () => {
  for (const client of open) await client.close();
  await server.stop();
});

async function shownTime(client: MongoClient): Promise<ClusterTime> {
  const { $clusterTime } = await client.db('shop').command({ ping: 1 });
  return $clusterTime as ClusterTime;
}

/** A command that brings this time. */
function bring(client: MongoClient, time: ClusterTime): Promise<unknown> {
  return client.withSession((session: ClientSession) => {
    session.advanceClusterTime(time);
    return client.db('shop').command({ ping: 1 }, { session });
  });
}

function later({ clusterTime, signature }: ClusterTime, bySeconds: number): ClusterTime {
  return { clusterTime: new Timestamp({ t: clusterTime.high + bySeconds, i: 1 }), signature };
}

describe('cluster time with access control', () => {
  it('is signed with a key of admin.system.keys', async () => {
    const { clusterTime, signature } = await shownTime(plain);
    const keys = trusted.db('admin').collection<TimeKey>('system.keys');
    expect(await keys.countDocuments()).toBe(2);
    const key = await keys.findOne({ _id: signature.keyId });
    expect(key).toMatchObject({ purpose: 'HMAC', expiresAt: expect.any(Timestamp) });
    const expected = signTime(Buffer.from(key?.key.buffer ?? []), clusterTime.high, clusterTime.low);
    expect(Buffer.from(signature.hash.buffer)).toEqual(expected);
  });

  it('is refused where it moves the clock and nobody here signed it', async () => {
    const time = await shownTime(plain);
    expect(await bring(plain, time)).toMatchObject({ ok: 1 });
    const fresh = await connect('plain');
    await expect(bring(fresh, later(time, 10))).rejects.toMatchObject({ code: 204, codeName: 'TimeProofMismatch' });
    const unknown = { ...time.signature, keyId: Long.fromNumber(77) };
    const foreign = await connect('plain');
    await expect(bring(foreign, later({ ...time, signature: unknown }, 10))).rejects.toMatchObject({ code: 211 });
    expect((await shownTime(plain)).clusterTime.high).toBeLessThan(time.clusterTime.high + 10);
  });

  it('is taken from, and given unsigned to, who may advance it', async () => {
    const time = await shownTime(trusted);
    expect(Number(time.signature.keyId)).toBe(0);
    expect(Buffer.from(time.signature.hash.buffer)).toEqual(Buffer.alloc(20));
    expect(await bring(trusted, later(time, 20))).toMatchObject({ ok: 1 });
    const moved = await shownTime(plain);
    expect(moved.clusterTime.high).toBe(time.clusterTime.high + 20);
    expect(await bring(await connect('plain'), moved)).toMatchObject({ ok: 1 });
    const tooFar = later(moved, 2 * 31_536_000);
    await expect(bring(await connect('trusted'), tooFar)).rejects.toMatchObject({ code: 205 });
  });

  it('of a stranger is passed over by what needs no login, unless it is forged', async () => {
    const client = await WireClient.connect(server.port);
    const shown = await shownTime(plain);
    const clusterTime = new scalar.Timestamp({ t: shown.clusterTime.high + 30, i: 1 });
    const hello = (hash: Buffer, keyId: bigint) =>
      client.command({ hello: 1, $clusterTime: { clusterTime, signature: { hash: new scalar.Binary(hash), keyId } } });
    expect((await hello(Buffer.alloc(20), 0n)).get('code')).toBeUndefined();
    expect((await shownTime(plain)).clusterTime.high).toBeLessThan(clusterTime.high);
    const { signature } = shown;
    expect((await hello(Buffer.from(signature.hash.buffer), signature.keyId.toBigInt())).get('code')).toBe(204);
    expect((await hello(Buffer.alloc(20), 5n)).get('code')).toBe(211);
    expect((await hello(Buffer.alloc(19), 5n)).get('code')).toBe(12);
    client.close();
  });
});
