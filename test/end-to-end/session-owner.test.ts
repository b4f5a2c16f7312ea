import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Binary } from '../../src/bson/scalar.ts';
import type { Fields } from '../../src/server/wire-client.fake.ts';
import { type SessionClient, SessionServer, sessionId } from './session-server.ts';

/** Users of `admin` whose password is `secret`: an administrator, two without any rights over sessions, one who may kill. */
const roles: { readonly [user: string]: Fields[] } = {
  admin: [{ role: 'root', db: 'admin' }],
  simple: [{ role: 'readWrite', db: 'shop' }],
  simple2: [{ role: 'readWrite', db: 'shop' }],
  killer: [{ role: 'hostManager', db: 'admin' }],
  impersonator: [
    { role: 'hostManager', db: 'admin' },
    { role: 'impersonator', db: 'admin' },
  ],
  bare: [],
};

const uidOf = (user: string): Binary =>
  new Binary(createHash('sha256').update(`${user}@admin`).digest(), Binary.SUBTYPE_DEFAULT);

let server: SessionServer;
let admin: SessionClient;

async function start(parameters: { readonly [name: string]: number } = {}): Promise<void> {
  server = await SessionServer.start({ auth: true, parameters });
  const first = await server.connect();
  await first.run({ createUser: 'admin', pwd: 'secret', roles: roles.admin ?? [] });
  admin = await server.connect('admin');
  await admin.run({
    createRole: 'impersonator',
    privileges: [{ resource: { cluster: true }, actions: ['impersonate'] }],
    roles: [],
  });
  for (const [user, held] of Object.entries(roles)) {
    if (user === 'admin') continue;
    expect(await admin.run({ createUser: user, pwd: 'secret', roles: held })).toMatchObject({ ok: 1 });
  }
}

beforeEach(() => start());

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

/** A cursor that lies idle in the session of somebody; asks whether it was killed. */
async function idleCursor(client: SessionClient, lsid: Fields): Promise<() => Promise<unknown>> {
  await client.run({ insert: 'items', documents: [{}, {}, {}, {}, {}], $db: 'shop' });
  const { cursor } = await client.run({ find: 'items', batchSize: 1, lsid, $db: 'shop' });
  const getMore = { getMore: cursor.id, collection: 'items', batchSize: 1, lsid, $db: 'shop' };
  return async () => (await client.run(getMore)).code ?? 'alive';
}

describe('who may have sessions', () => {
  it('is everybody who has logged in, with roles or without, and nobody else', async () => {
    const stranger = await server.connect();
    for (const command of [
      { startSession: 1 },
      { refreshSessions: [sessionId(1)] },
      { endSessions: [sessionId(1)] },
      { killSessions: [] },
    ]) {
      expect(await stranger.run(command)).toMatchObject({ code: 13 });
      expect(await (await server.connect('bare')).run(command)).toMatchObject({ ok: 1 });
    }
    expect(await stranger.run({ find: 'items', lsid: sessionId(1), $db: 'shop' })).toMatchObject({ code: 13 });
    expect(await stranger.run({ ping: 1, lsid: sessionId(1) })).toMatchObject({ ok: 1 });
    expect(await stranger.refresh()).toMatchObject({ ok: 1 });
  });

  it('is the one who is named by uid, unless somebody may impersonate', async () => {
    const [simple, impersonator] = [await server.connect('simple'), await server.connect('impersonator')];
    const foreign = { ...sessionId(1), uid: uidOf('simple2') };
    expect(await simple.run({ refreshSessions: [{ ...sessionId(1), uid: uidOf('simple') }] })).toMatchObject({ ok: 1 });
    for (const command of [
      { refreshSessions: [foreign] },
      { endSessions: [foreign] },
      { ping: 1, lsid: foreign },
      { find: 'items', lsid: foreign, $db: 'shop' },
    ]) {
      const refused = await simple.run(command);
      expect(refused).toMatchObject({ code: 13 });
      const allowed = await impersonator.run(command);
      // It has no rights on `shop`: what it is refused then is the read, not the session.
      if (allowed.ok !== 1) expect(allowed.errmsg).toMatch(/not authorized on shop/);
    }
  });

  it('is kept in the record, however long the name', async () => {
    const long = 'n'.repeat(9000);
    expect(await admin.run({ createUser: long, pwd: 'secret', roles: [] })).toMatchObject({ ok: 1 });
    const client = await server.connect(long);
    for (let number = 0; number < 20; number++) await client.run({ ping: 1 });
    for (let number = 0; number < 20; number++) await client.run({ startSession: 1 });
    await admin.refresh();
    const listed = await admin.aggregate('config', 'system.sessions', { $listSessions: { allUsers: true } });
    const records = listed.filter(({ user }) => user?.name === `${long}@admin`);
    expect(records).toHaveLength(20);
  });

  it('has cursors that no other session and no other user may read on', async () => {
    const [simple, other] = [await server.connect('simple'), await server.connect('simple2')];
    await simple.run({ insert: 'items', documents: [{}, {}, {}], $db: 'shop' });
    const lsid = sessionId(1);
    const { cursor } = await simple.run({ find: 'items', batchSize: 1, lsid, $db: 'shop' });
    const getMore = { getMore: cursor.id, collection: 'items', batchSize: 1, $db: 'shop' };
    expect(await simple.run({ ...getMore, lsid: sessionId(2) })).toMatchObject({ code: 50738 });
    expect(await other.run({ ...getMore, lsid })).toMatchObject({ code: 13 });
    expect(await simple.run({ ...getMore, lsid })).toMatchObject({ ok: 1 });
  });
});

describe('killing with rights', () => {
  it('ends one’s own sessions by no name, by id, and those of others by killAnySession', async () => {
    const [simple, killer] = [await server.connect('simple'), await server.connect('killer')];
    const lsid = sessionId(1);
    const own: Fields[] = [{ killSessions: [] }, { killSessions: [lsid] }];
    for (const command of own) {
      const isAlive = await idleCursor(simple, lsid);
      await killer.run(command);
      expect(await isAlive()).toBe('alive');
      expect(await simple.run(command)).toMatchObject({ ok: 1 });
      expect(await isAlive()).toBe(43);
    }
    const any: Fields[] = [
      { killSessions: [{ ...lsid, uid: uidOf('simple') }] },
      { killAllSessions: [] },
      { killAllSessions: [{ user: 'simple', db: 'admin' }] },
      { killAllSessionsByPattern: [] },
      { killAllSessionsByPattern: [{ uid: uidOf('simple') }] },
      { killAllSessionsByPattern: [{ lsid: { ...lsid, uid: uidOf('simple') } }] },
    ];
    for (const command of any) {
      const isAlive = await idleCursor(simple, lsid);
      expect(await killer.run(command)).toMatchObject({ ok: 1 });
      expect(await isAlive()).toBe(43);
    }
  });

  it('ends those of the named user alone', async () => {
    const [simple, other, killer] = [
      await server.connect('simple'),
      await server.connect('simple2'),
      await server.connect('killer'),
    ];
    for (const command of [
      { killAllSessions: [{ user: 'simple', db: 'admin' }] },
      { killAllSessionsByPattern: [{ uid: uidOf('simple') }] },
    ]) {
      const cursors = [await idleCursor(simple, sessionId(1)), await idleCursor(other, sessionId(1))];
      await killer.run(command);
      expect(await Promise.all(cursors.map((isAlive) => isAlive()))).toEqual([43, 'alive']);
    }
  });

  it('is refused without them', async () => {
    const [simple2, killer, impersonator] = [
      await server.connect('simple2'),
      await server.connect('killer'),
      await server.connect('impersonator'),
    ];
    for (const command of [
      { killSessions: [{ ...sessionId(1), uid: uidOf('simple') }] },
      { killAllSessions: [] },
      { killAllSessions: [{ user: 'simple2', db: 'admin' }] },
      { killAllSessionsByPattern: [] },
    ]) {
      expect(await simple2.run(command)).toMatchObject({ code: 13 });
    }
    for (const pattern of [{ users: [] }, { roles: [] }, { users: [{ user: 'simple', db: 'admin' }] }]) {
      expect(await killer.run({ killAllSessionsByPattern: [pattern] })).toMatchObject({ code: 13 });
      expect(await impersonator.run({ killAllSessionsByPattern: [pattern] })).toMatchObject({ ok: 1 });
    }
  });

  it('leaves the name of who did it in what the owner is told', async () => {
    const [simple, killer] = [await server.connect('simple'), await server.connect('killer')];
    await simple.run({ insert: 'items', documents: [{}, {}], $db: 'shop' });
    const { cursor } = await simple.run({ find: 'items', batchSize: 1, lsid: sessionId(1), $db: 'shop' });
    await killer.run({ killAllSessions: [] });
    const getMore = { getMore: cursor.id, collection: 'items', lsid: sessionId(1), $db: 'shop' };
    expect(await simple.run(getMore)).toMatchObject({
      code: 43,
      errmsg: expect.stringMatching(/killed by killer@admin/),
    });
  });
});

describe('listing with rights', () => {
  it('shows everybody their own, and those of others with listSessions', async () => {
    const [simple, other] = [await server.connect('simple'), await server.connect('simple2')];
    await simple.run({ startSession: 1 });
    await other.run({ startSession: 1 });
    const own = [{}, { users: [{ user: 'simple', db: 'admin' }] }];
    const foreign = [{ allUsers: true }, { users: [{ user: 'simple2', db: 'admin' }] }];
    const stages = async (client: SessionClient, spec: Fields, isLocal: boolean) =>
      isLocal
        ? client.aggregate('admin', 1, { $listLocalSessions: spec })
        : client.aggregate('config', 'system.sessions', { $listSessions: spec });
    for (const isLocal of [true, false]) {
      if (!isLocal) await admin.refresh();
      for (const spec of own) {
        const [shown, ...rest] = await stages(simple, spec, isLocal);
        expect(rest).toEqual([]);
        expect(shown?._id.uid.buffer.equals(uidOf('simple').buffer)).toBe(true);
        expect(isLocal ? shown?.user : shown?.user.name).toBe('simple@admin');
      }
      for (const spec of foreign) {
        expect(await stages(simple, spec, isLocal)).toMatchObject([{ code: 13 }]);
        expect((await stages(admin, spec, isLocal)).length).toBeGreaterThan(0);
      }
      expect(await stages(admin, { allUsers: true, users: [{ user: 'simple', db: 'admin' }] }, isLocal)).toMatchObject([
        { code: 12 },
      ]);
    }
  });
});

describe('a full cache', () => {
  it('still takes those who may kill any session, so that somebody can make room', async () => {
    await server[Symbol.asyncDispose]();
    await start({ maxSessions: 2 });
    const [simple, killer] = [await server.connect('simple'), await server.connect('killer')];
    expect(await simple.run({ refreshSessions: [sessionId(1), sessionId(2)] })).toMatchObject({ ok: 1 });
    expect(await simple.run({ startSession: 1 })).toMatchObject({ code: 261 });
    expect(await killer.run({ startSession: 1 })).toMatchObject({ ok: 1 });
    expect(await killer.run({ killAllSessions: [], lsid: sessionId(9) })).toMatchObject({ ok: 1 });
    const all = { $listLocalSessions: { allUsers: true } };
    const lsid = sessionId(10);
    const listed = await admin.run({ aggregate: 1, pipeline: [all], cursor: {}, lsid });
    expect(listed.cursor.firstBatch.length).toBeGreaterThanOrEqual(3);
  });
});
