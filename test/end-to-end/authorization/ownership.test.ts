/** Sessions, cursors, transactions and operations are their user's own. */
import { BSON, type Document, type MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccessWorld, codeOf, sessionNamed, uidOf, unauthorized } from './world.ts';

const cursorNotFound = 43;
const noSuchTransaction = 251;

let world: AccessWorld;
let ann: MongoClient;
let bob: MongoClient;

beforeAll(async () => {
  world = await AccessWorld.start();
  ann = await world.user('ann', { role: 'readWrite', db: 'shop' });
  bob = await world.user('bob', { role: 'readWrite', db: 'shop' });
});

afterAll(() => world.stop());

beforeEach(async () => {
  const items = world.root.db('shop').collection('items');
  await items.deleteMany({});
  await items.insertMany(Array.from({ length: 5 }, (_, n) => ({ n })));
});

function newId(): { id: BSON.UUID } {
  return { id: new BSON.UUID() };
}

/** Opens a cursor that has more to give. */
async function openCursor(client: MongoClient, lsid?: Document): Promise<BSON.Long> {
  const session = lsid === undefined ? undefined : sessionNamed(client, lsid);
  const { cursor } = await client
    .db('shop')
    .command({ find: 'items', batchSize: 1 }, { ...(session && { session }), useBigInt64: false, promoteLongs: false });
  return cursor.id;
}

function getMore(client: MongoClient, id: BSON.Long, lsid: Document): Promise<Document> {
  const session = sessionNamed(client, lsid);
  return client.db('shop').command({ getMore: id, collection: 'items', batchSize: 1 }, { session });
}

describe("another user's session", () => {
  it.each([
    ['find', { find: 'items' }, 'shop'],
    ['insert', { insert: 'items', documents: [{ n: 9 }] }, 'shop'],
    ['startSession', { startSession: 1 }, 'admin'],
    ['commitTransaction', { commitTransaction: 1, txnNumber: BSON.Long.ONE, autocommit: false }, 'admin'],
    ['abortTransaction', { abortTransaction: 1, txnNumber: BSON.Long.ONE, autocommit: false }, 'admin'],
    ['killAllSessions', { killAllSessions: [] }, 'admin'],
  ])('cannot be named by %s', async (_name, command, database) => {
    const session = sessionNamed(bob, { ...newId(), uid: uidOf('ann@admin') });
    expect(await codeOf(bob.db(database).command({ ...command }, { session }))).toBe(unauthorized);
  });

  it.each(['refreshSessions', 'endSessions', 'killSessions'])('cannot be named in %s', async (name) => {
    const foreign = { ...newId(), uid: uidOf('ann@admin') };
    expect(await codeOf(bob.db('admin').command({ [name]: [newId(), foreign] }))).toBe(unauthorized);
    expect(await codeOf(bob.db('admin').command({ [name]: [{ ...newId(), uid: uidOf('bob@admin') }] }))).toBe(0);
    expect(await codeOf(bob.db('admin').command({ [name]: [newId()] }))).toBe(0);
  });

  it('can be named with the right to impersonate, and killed with killAnySession', async () => {
    const posing = await world.user('posing', await world.role('poses', { cluster: true }, 'impersonate'), {
      role: 'read',
      db: 'shop',
    });
    const killing = await world.user('killing', await world.role('kills', { cluster: true }, 'killAnySession'));
    const foreign = { ...newId(), uid: uidOf('ann@admin') };
    const session = sessionNamed(posing, foreign);
    expect(await codeOf(posing.db('shop').command({ find: 'items' }, { session }))).toBe(0);
    expect(await codeOf(killing.db('admin').command({ killSessions: [foreign] }))).toBe(0);
    expect(await codeOf(killing.db('admin').command({ refreshSessions: [foreign] }))).toBe(unauthorized);
    expect(await codeOf(killing.db('admin').command({ killAllSessions: [{ user: 'ann', db: 'admin' }] }))).toBe(0);
    const pattern = { killAllSessionsByPattern: [{ users: [] }] };
    expect(await codeOf(killing.db('admin').command(pattern))).toBe(unauthorized);
    await world.admin.command({ grantRolesToUser: 'killing', roles: ['poses'] });
    expect(await codeOf(killing.db('admin').command(pattern))).toBe(0);
  });

  it('is another session under the same id', async () => {
    const lsid = newId();
    const own = sessionNamed(ann, lsid);
    own.startTransaction();
    await ann.db('shop').collection('items').insertOne({ n: 6 }, { session: own });
    const begun = { txnNumber: BSON.Long.fromNumber(own.serverSession.txnNumber), autocommit: false };
    const theirs = (): Document => ({ session: sessionNamed(bob, lsid) });
    expect(await codeOf(bob.db('shop').command({ find: 'items', ...begun }, theirs()))).toBe(noSuchTransaction);
    expect(await codeOf(bob.db('admin').command({ commitTransaction: 1, ...begun }, theirs()))).toBe(noSuchTransaction);
    expect(await codeOf(bob.db('admin').command({ killSessions: [lsid] }))).toBe(0);
    await own.commitTransaction();
    expect(await bob.db('shop').collection('items').countDocuments({ n: 6 })).toBe(1);
  });
});

describe("another user's cursor", () => {
  it('cannot be read or killed, and stays its owner’s', async () => {
    const lsid = newId();
    const id = await openCursor(ann, lsid);
    expect(await codeOf(getMore(bob, id, lsid))).toBe(unauthorized);
    expect(await codeOf(bob.db('shop').command({ killCursors: 'items', cursors: [id] }))).toBe(unauthorized);
    expect((await getMore(ann, id, lsid)).cursor.nextBatch).toHaveLength(1);
    expect(await world.root.db('shop').command({ killCursors: 'items', cursors: [id] })).toMatchObject({
      cursorsKilled: [id],
    });
    expect(await codeOf(getMore(ann, id, lsid))).toBe(cursorNotFound);
  });

  it('gives no more once its user may not read any longer, and gives again with the right', async () => {
    const eve = await world.user('eve', { role: 'read', db: 'shop' });
    const lsid = newId();
    const id = await openCursor(eve, lsid);
    await world.admin.command({ revokeRolesFromUser: 'eve', roles: [{ role: 'read', db: 'shop' }] });
    expect(await codeOf(getMore(eve, id, lsid))).toBe(unauthorized);
    await world.admin.command({ grantRolesToUser: 'eve', roles: [{ role: 'read', db: 'shop' }] });
    expect((await getMore(eve, id, lsid)).cursor.nextBatch).toHaveLength(1);
  });
});

describe('a change stream', () => {
  it('tells no more once its user may not watch any longer', async () => {
    const watcher = await world.user('watcher', { role: 'read', db: 'shop' });
    const session = (): Document => ({ session: sessionNamed(watcher, { id }), promoteLongs: false });
    const id = new BSON.UUID();
    const watch = { aggregate: 'items', pipeline: [{ $changeStream: {} }], cursor: {} };
    const { cursor } = await watcher.db('shop').command(watch, session());
    const next = (): Promise<Document> =>
      watcher.db('shop').command({ getMore: cursor.id, collection: 'items', maxTimeMS: 1 }, session());
    await world.root.db('shop').collection('items').insertOne({ n: 7 });
    expect((await next()).cursor.nextBatch).toMatchObject([{ operationType: 'insert' }]);
    await world.admin.command({ revokeRolesFromUser: 'watcher', roles: [{ role: 'read', db: 'shop' }] });
    await world.root.db('shop').collection('items').insertOne({ n: 8 });
    expect(await codeOf(next())).toBe(unauthorized);
  });
});

describe('listings', () => {
  async function rows(client: MongoClient, stage: Document): Promise<Document[]> {
    return client.db('admin').aggregate([stage]).toArray();
  }

  it('show users what is their own, and the rest with the right to see it', async () => {
    const lsid = newId();
    await openCursor(ann, lsid);
    const open = sessionNamed(ann, newId());
    open.startTransaction();
    await ann.db('shop').collection('items').findOne({}, { session: open });
    const everything = { $currentOp: { idleSessions: true, idleCursors: true } };
    const kinds = async (client: MongoClient, stage: Document): Promise<Set<string>> =>
      new Set((await rows(client, stage)).map(({ type }) => type));
    expect(await kinds(ann, everything)).toEqual(new Set(['op', 'idleSession', 'idleCursor']));
    expect(await kinds(bob, everything)).toEqual(new Set(['op']));
    const all = { $currentOp: { ...everything.$currentOp, allUsers: true } };
    expect(await codeOf(rows(bob, all))).toBe(unauthorized);
    expect(await kinds(world.root, all)).toEqual(new Set(['op', 'idleSession', 'idleCursor']));
    const { inprog } = await bob.db('admin').command({ currentOp: 1, $ownOps: true });
    expect(inprog.map((row: Document) => row.effectiveUsers)).toEqual([[{ user: 'bob', db: 'admin' }]]);
    await open.abortTransaction();
  });

  it('of sessions show one’s own without any right, and those of others with listSessions', async () => {
    const { id } = await ann.db('admin').command({ startSession: 1 });
    await world.admin.command({ refreshLogicalSessionCacheNow: 1 });
    const stored = (client: MongoClient, argument: Document): Promise<Document[]> =>
      client
        .db('config')
        .collection('system.sessions')
        .aggregate([{ $listSessions: argument }])
        .toArray();
    const isThere = (found: Document[]): boolean => found.some(({ _id }) => id.id.equals(_id.id));
    expect(isThere(await stored(ann, {}))).toBe(true);
    expect(isThere(await stored(ann, { users: [{ user: 'ann', db: 'admin' }] }))).toBe(true);
    expect(isThere(await stored(bob, {}))).toBe(false);
    expect(await codeOf(stored(bob, { users: [{ user: 'ann', db: 'admin' }] }))).toBe(unauthorized);
    expect(await codeOf(stored(bob, { allUsers: true }))).toBe(unauthorized);
    expect(await codeOf(bob.db('config').collection('system.sessions').findOne())).toBe(unauthorized);
    const [shown] = (await stored(world.root, { allUsers: true })).filter(({ _id }) => id.id.equals(_id.id));
    expect(shown).toMatchObject({ _id: { uid: uidOf('ann@admin') }, user: { name: 'ann@admin' } });
    const local = await ann
      .db('shop')
      .aggregate([{ $listLocalSessions: {} }])
      .toArray();
    expect(new Set(local.map(({ user }) => user))).toEqual(new Set(['ann@admin']));
  });
});

describe('a kill', () => {
  let killer: MongoClient;
  let ids: { readonly ann: Document; readonly bob: Document };
  let cursors: { readonly ann: BSON.Long; readonly bob: BSON.Long };

  beforeAll(async () => {
    killer = await world.user('killer', await world.role('killsAll', { cluster: true }, 'killAnySession'));
  });

  beforeEach(async () => {
    ids = { ann: newId(), bob: newId() };
    cursors = { ann: await openCursor(ann, ids.ann), bob: await openCursor(bob, ids.bob) };
  });

  /** Whose cursor is still there. */
  async function left(): Promise<string[]> {
    const codes = {
      ann: await codeOf(getMore(ann, cursors.ann, ids.ann)),
      bob: await codeOf(getMore(bob, cursors.bob, ids.bob)),
    };
    expect([0, cursorNotFound]).toEqual(expect.arrayContaining(Object.values(codes)));
    return Object.entries(codes).flatMap(([name, code]) => (code === 0 ? name : []));
  }

  const uid = uidOf('ann@admin');

  it.each<[string, () => MongoClient, () => Document, readonly string[]]>([
    ['of all one’s own', () => ann, () => ({ killSessions: [] }), ['bob']],
    ['of one of one’s own', () => ann, () => ({ killSessions: [ids.ann] }), ['bob']],
    ['of an id that is another user’s, too', () => ann, () => ({ killSessions: [ids.bob] }), ['ann', 'bob']],
    ['of everybody’s', () => killer, () => ({ killAllSessions: [] }), []],
    ['of everybody’s by no pattern', () => killer, () => ({ killAllSessionsByPattern: [] }), []],
    ['of one user’s', () => killer, () => ({ killAllSessions: [{ user: 'ann', db: 'admin' }] }), ['bob']],
    ['of one digest’s', () => killer, () => ({ killAllSessionsByPattern: [{ uid }] }), ['bob']],
    ['of one by its full name', () => killer, () => ({ killSessions: [{ ...ids.ann, uid }] }), ['bob']],
    [
      'by a pattern with the full name',
      () => killer,
      () => ({ killAllSessionsByPattern: [{ lsid: { ...ids.ann, uid } }] }),
      ['bob'],
    ],
  ])('%s reaches no others', async (_what, client, command, expected) => {
    expect(await codeOf(client().db('admin').command(command()))).toBe(0);
    expect(await left()).toEqual(expected);
  });

  it.each([{ killAllSessions: [] }, { killAllSessionsByPattern: [{}] }])('%j takes the right to', async (command) => {
    expect(await codeOf(bob.db('admin').command(command))).toBe(unauthorized);
    expect(await left()).toEqual(['ann', 'bob']);
  });
});

describe('sessions', () => {
  it('are for users of any rights or none, and for nobody else', async () => {
    const bare = await world.user('bare');
    const admin = bare.db('admin');
    const { id, timeoutMinutes } = await admin.command({ startSession: 1 });
    expect(timeoutMinutes).toBe(30);
    const ids = [id, newId()];
    for (const list of [[], ids, [...ids, ...ids]]) {
      expect(await codeOf(admin.command({ refreshSessions: list }))).toBe(0);
      expect(await codeOf(admin.command({ endSessions: list }))).toBe(0);
    }
    const own = await bare
      .db('shop')
      .aggregate([{ $listLocalSessions: {} }])
      .toArray();
    expect(own.some(({ _id }) => id.id.equals(_id.id))).toBe(true);
  });
});

describe('operations', () => {
  it('can be killed by their own user, and by others with the right to', async () => {
    const session = sessionNamed(ann, newId());
    await ann.db('shop').createCollection('news', { capped: true, size: 4096 });
    await ann.db('shop').collection('news').insertOne({});
    const waits = { find: 'news', tailable: true, awaitData: true };
    const { cursor } = await ann.db('shop').command(waits, { session, promoteLongs: false });
    const awaiting = (): Promise<number> =>
      codeOf(ann.db('shop').command({ getMore: cursor.id, collection: 'news', maxTimeMS: 60_000 }, { session }));
    const running = awaiting();
    let opid: number | undefined;
    while (opid === undefined) {
      const found = await world.admin.aggregate([{ $currentOp: { allUsers: true } }]).toArray();
      opid = found.find(({ op }) => op === 'getmore')?.opid;
    }
    expect(await codeOf(bob.db('admin').command({ killOp: 1, op: opid }))).toBe(unauthorized);
    expect(await codeOf(bob.db('admin').command({ killOp: 1, op: 999_999 }))).toBe(unauthorized);
    expect(await codeOf(ann.db('admin').command({ killOp: 1, op: opid }))).toBe(0);
    expect(await running).toBe(11_601);
  });
});

describe('a user who is dropped', () => {
  it('loses logins, cursors, transactions and what is running, and somebody new of that name does not get them', async () => {
    const gone = await world.user('gone', { role: 'readWrite', db: 'shop' });
    const lsid = newId();
    const id = await openCursor(gone, lsid);
    const open = sessionNamed(gone, newId());
    open.startTransaction();
    await gone.db('shop').collection('items').insertOne({ n: 100 }, { session: open });
    await world.admin.command({ dropUser: 'gone' });
    expect(await codeOf(gone.db('shop').collection('items').findOne({}))).toBe(unauthorized);
    const { authInfo } = await gone.db('admin').command({ connectionStatus: 1 });
    expect(authInfo.authenticatedUsers).toEqual([]);
    const again = await world.user('gone', { role: 'readWrite', db: 'shop' });
    expect(await codeOf(getMore(again, id, lsid))).toBe(cursorNotFound);
    const begun = { txnNumber: BSON.Long.fromNumber(open.serverSession.txnNumber), autocommit: false };
    const { id: sessionId } = open.serverSession;
    const session = sessionNamed(again, sessionId as Document);
    expect(await codeOf(again.db('shop').command({ find: 'items', ...begun }, { session }))).toBe(noSuchTransaction);
    expect(await codeOf(gone.db('shop').collection('items').findOne({}))).toBe(unauthorized);
    expect(await again.db('shop').collection('items').countDocuments({ n: 100 })).toBe(0);
  });

  it('may be the one who drops', async () => {
    const leaving = await world.user('leaving', { role: 'userAdmin', db: 'admin' });
    expect(await codeOf(leaving.db('admin').command({ dropUser: 'leaving' }))).toBe(0);
    expect(await codeOf(leaving.db('admin').command({ usersInfo: 1 }))).toBe(unauthorized);
  });
});
