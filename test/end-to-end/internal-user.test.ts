import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuthMechanism, MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, type ServerOptions, startServer } from '../../src/index.ts';

const key = 'bXkgc2VjcmV0IGtleQ==';
const newKey = 'YW5vdGhlciBrZXk=';

let directory: string;
const servers: RunningServer[] = [];
const clients: MongoClient[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sojourn-key-'));
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) await server.stop();
});

afterAll(() => rm(directory, { recursive: true }));

async function serve(content: string | undefined, options: ServerOptions = {}): Promise<RunningServer> {
  const keyFile = join(directory, 'key');
  if (content !== undefined) await writeFile(keyFile, content, { mode: 0o600 });
  const asked = content === undefined ? { auth: true } : { keyFile };
  const users = [{ user: 'root', pwd: 'secret', roles: ['root'] }];
  const server = await startServer({ storageEngine: 'memory', users, ...asked, ...options });
  servers.push(server);
  return server;
}

async function connect(
  { uri }: RunningServer,
  password: string,
  {
    username = '__system',
    authSource = 'local',
    ...rest
  }: { username?: string; authSource?: string; authMechanism?: AuthMechanism } = {},
): Promise<MongoClient> {
  const client = new MongoClient(uri, {
    auth: { username, password },
    authSource,
    ...rest,
    serverSelectionTimeoutMS: 2000,
  });
  clients.push(client);
  return client.connect();
}

const refused = { code: 18 };

describe('the internal user of a cluster', () => {
  it.each(['SCRAM-SHA-1', 'SCRAM-SHA-256', undefined] as const)(
    'logs in with the key of the file (%s)',
    async (authMechanism) => {
      const server = await serve(` ${key.slice(0, 7)}\n${key.slice(7)}\n`);
      const client = await connect(server, key, authMechanism && { authMechanism });
      const { authInfo } = await client.db('admin').command({ connectionStatus: 1, showPrivileges: true });
      expect(authInfo).toEqual({
        authenticatedUsers: [{ user: '__system', db: 'local' }],
        authenticatedUserRoles: [{ role: '__system', db: 'admin' }],
        authenticatedUserPrivileges: [{ resource: { anyResource: true }, actions: ['anyAction'] }],
      });
    },
  );

  it('may do what root may not', async () => {
    const server = await serve(key);
    const [internal, root] = [
      await connect(server, key),
      await connect(server, 'secret', { username: 'root', authSource: 'admin' }),
    ];
    await root.db('shop').createCollection('items');
    const ops = { applyOps: [{ op: 'i', ns: 'shop.items', o: { _id: 1 } }] };
    await expect(root.db('admin').command(ops)).rejects.toMatchObject({ code: 13 });
    expect(await internal.db('admin').command(ops)).toMatchObject({ ok: 1 });
    expect(await internal.db('shop').collection('items').findOne()).toEqual({ _id: 1 });
    const session = internal.startSession();
    await session.withTransaction(() =>
      internal
        .db('shop')
        .collection('items')
        .insertMany([{ a: 1 }, { a: 2 }], { session }),
    );
    await session.endSession();
    expect(await root.db('shop').collection('items').countDocuments()).toBe(3);
  });

  it('logs in with any of several keys', async () => {
    const server = await serve(`- ${newKey}\n- ${key}\n`);
    for (const authMechanism of ['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const) {
      await connect(server, key, { authMechanism });
      await connect(server, newKey, { authMechanism });
    }
    await expect(connect(server, 'b25lIG1vcmUga2V5')).rejects.toMatchObject(refused);
  });

  it('is nobody with another password, in another database, or where there is no key file', async () => {
    const server = await serve(key);
    await expect(connect(server, `${key}=`)).rejects.toMatchObject(refused);
    await expect(connect(server, '')).rejects.toThrow();
    for (const authSource of ['admin', 'shop', 'config']) {
      await expect(connect(server, key, { authSource })).rejects.toMatchObject(refused);
    }
    await expect(connect(await serve(undefined), key)).rejects.toMatchObject(refused);
  });

  it('logs in by an enabled mechanism alone', async () => {
    const server = await serve(key, { parameters: { authenticationMechanisms: 'SCRAM-SHA-256' } });
    await connect(server, key, { authMechanism: 'SCRAM-SHA-256' });
    await expect(connect(server, key, { authMechanism: 'SCRAM-SHA-1' })).rejects.toMatchObject({
      codeName: 'MechanismUnavailable',
    });
  });

  it('is listed by no command and changed by none', async () => {
    const server = await serve(key);
    const internal = await connect(server, key);
    const root = await connect(server, 'secret', { username: 'root', authSource: 'admin' });
    const local = internal.db('local');
    for (const usersInfo of ['__system', 1, { user: '__system', db: 'local' }]) {
      expect(await local.command({ usersInfo })).toMatchObject({ users: [] });
    }
    for (const client of [root, internal]) {
      const { users } = await client.db('admin').command({ usersInfo: { forAllDBs: true } });
      expect(users.map(({ _id }: { _id: string }) => _id)).toEqual(['admin.root']);
      expect(await client.db('admin').collection('system.users').countDocuments()).toBe(1);
    }
    const create = { createUser: '__system', pwd: 'mine', roles: [] };
    await expect(local.command(create)).rejects.toMatchObject({ codeName: 'BadValue' });
    for (const change of [
      { dropUser: '__system' },
      { updateUser: '__system', pwd: 'mine' },
      { grantRolesToUser: '__system', roles: [{ role: 'read', db: 'admin' }] },
      { revokeRolesFromUser: '__system', roles: [{ role: '__system', db: 'admin' }] },
    ]) {
      await expect(local.command(change)).rejects.toMatchObject({ codeName: 'UserNotFound' });
    }
    expect(await local.command({ dropAllUsersFromDatabase: 1 })).toMatchObject({ n: 0 });
    await connect(server, key);
  });
});
