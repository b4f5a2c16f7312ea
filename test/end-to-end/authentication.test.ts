import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/index.ts';
import { type ScramReply, type ScramUser, scramLogin } from '../scram-login.ts';

const unauthorized = 13;
const authenticationFailed = 18;

let server: RunningServer;
let root: MongoClient;
const logged: string[] = [];

/** Everything that the server told its log, as text. */
const log = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`),
  ]),
) as Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>;

const open: MongoClient[] = [];

function connect(user: string, pwd: string, more: MongoClientOptions = {}): Promise<MongoClient> {
  return connectTo(server, { auth: { username: user, password: pwd }, ...more });
}

async function connectTo({ uri }: RunningServer, options: MongoClientOptions): Promise<MongoClient> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5000, ...options });
  open.push(client);
  return client.connect();
}

/** One connection, so that commands follow one another on it. */
function single(): Promise<MongoClient> {
  return connectTo(server, { maxPoolSize: 1, directConnection: true });
}

function admin(client: MongoClient): Db {
  return client.db('admin');
}

beforeAll(async () => {
  server = await startServer({ storageEngine: 'memory', auth: true, log, parameters: { authFailedDelayMs: 0 } });
  const stranger = await MongoClient.connect(server.uri);
  await admin(stranger).command({ createUser: 'root', pwd: 'top-secret', roles: ['root'] });
  await stranger.close();
  root = await MongoClient.connect(server.uri, { auth: { username: 'root', password: 'top-secret' } });
});

afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

afterAll(async () => {
  await root.close();
  await server.stop();
});

async function who(client: MongoClient): Promise<unknown> {
  const { authInfo } = await admin(client).command({ connectionStatus: 1 });
  return authInfo.authenticatedUsers;
}

/** Logs a connection in that is there already. */
function logInOn(client: MongoClient, user: ScramUser): Promise<ScramReply[]> {
  return scramLogin(async (command) => {
    const { conversationId, done, payload } = await admin(client).command(command);
    return { conversationId, done, payload: payload.toString('utf8') };
  }, user);
}

describe('a login', () => {
  it.each(['DEFAULT', 'SCRAM-SHA-1', 'SCRAM-SHA-256'] as const)('works by %s', async (authMechanism) => {
    const client = await connect('root', 'top-secret', { authMechanism });
    expect(await who(client)).toEqual([{ user: 'root', db: 'admin' }]);
    await client
      .db('shop')
      .collection('items')
      .insertOne({ _id: 1 as never });
    expect(await client.db('shop').collection('items').deleteMany({})).toMatchObject({ deletedCount: 1 });
  });

  it('works with names and passwords of any characters, in any database', async () => {
    const pwd = 'Ⅸ pass\u00ADword %';
    for (const [user, authMechanism] of [
      ['ann,=@:/☃', 'SCRAM-SHA-256'],
      ['ann@:/☃', 'SCRAM-SHA-1'],
    ] as const) {
      await root.db('shop').command({ createUser: user, pwd, roles: [] });
      const client = await connect(user, pwd, { authMechanism, authSource: 'shop' });
      expect(await who(client)).toEqual([{ user, db: 'shop' }]);
    }
    await connect('ann,=@:/☃', 'IX password %', { authMechanism: 'SCRAM-SHA-256', authSource: 'shop' });
  });

  it.each(['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const)(
    'with %s fails alike for wrong passwords and unknown names',
    async (authMechanism) => {
      for (const [user, pwd] of [
        ['root', 'wrong'],
        ['nobody', 'top-secret'],
      ] as const) {
        await expect(connect(user, pwd, { authMechanism })).rejects.toMatchObject({
          code: authenticationFailed,
          codeName: 'AuthenticationFailed',
          message: 'Authentication failed.',
        });
      }
    },
  );

  it.each(['SCRAM-SHA-1', 'SCRAM-SHA-256'])(
    'works for users of %s alone, whatever their client tries first',
    async (only) => {
      await admin(root).command({ createUser: `only ${only}`, pwd: 'pwd', roles: [], mechanisms: [only] });
      const client = await connect(`only ${only}`, 'pwd');
      expect(await who(client)).toEqual([{ user: `only ${only}`, db: 'admin' }]);
    },
  );

  it('fails by a mechanism that the user has no credential for', async () => {
    await admin(root).command({ createUser: 'modern', pwd: 'x', roles: [], mechanisms: ['SCRAM-SHA-256'] });
    await connect('modern', 'x');
    await expect(connect('modern', 'x', { authMechanism: 'SCRAM-SHA-1' })).rejects.toMatchObject({ code: 18 });
  });

  it('is refused as another user on the same connection, and is nothing new as the same', async () => {
    const client = await single();
    const login = (user: string) => logInOn(client, { user, password: 'x' });
    await admin(root).command({ createUser: 'first', pwd: 'x', roles: ['root'] });
    await admin(root).command({ createUser: 'second', pwd: 'x', roles: ['root'] });
    await login('first');
    await login('first');
    await expect(login('second')).rejects.toMatchObject({ code: 17, message: expect.stringContaining('first@admin') });
    expect(await who(client)).toEqual([{ user: 'first', db: 'admin' }]);
    await client.db('other').command({ logout: 1 });
    expect(await who(client)).toEqual([{ user: 'first', db: 'admin' }]);
    await admin(client).command({ logout: 1 });
    expect(await who(client)).toEqual([]);
    await login('second');
    expect(await who(client)).toEqual([{ user: 'second', db: 'admin' }]);
  });

  it('takes three steps, or two where the client skips the empty one', async () => {
    const client = await single();

    const long = await logInOn(client, { user: 'root', password: 'top-secret' });
    expect(long.map(({ conversationId, done }) => [conversationId, done])).toEqual([
      [1, false],
      [1, false],
      [1, true],
    ]);
    await admin(client).command({ logout: 1 });
    const short = await logInOn(client, { user: 'root', password: 'top-secret', skipEmptyExchange: true });
    expect(short.map(({ done }) => done)).toEqual([false, true]);
  });

  it('needs a conversation to go on with', async () => {
    const client = await single();
    await expect(
      admin(client).command({ saslContinue: 1, conversationId: 1, payload: Buffer.from('x') }),
    ).rejects.toMatchObject({ code: 17 });
    await expect(
      admin(client).command({ saslStart: 1, mechanism: 'GSSAPI', payload: Buffer.from('x') }),
    ).rejects.toMatchObject({ code: 334, codeName: 'MechanismUnavailable' });
  });
});

describe('somebody who is not logged in', () => {
  it('may say hello and ask who they are, and nothing else once there is a user', async () => {
    const client = await single();
    expect((await admin(client).command({ hello: 1, saslSupportedMechs: 'admin.modern' })).saslSupportedMechs).toEqual([
      'SCRAM-SHA-256',
    ]);
    expect(await who(client)).toEqual([]);
    for (const command of [
      { find: 'items' },
      { listDatabases: 1 },
      { createUser: 'x', pwd: 'x', roles: [] },
      { startSession: 1 },
    ]) {
      await expect(admin(client).command(command)).rejects.toMatchObject({ code: unauthorized });
    }
  });

  it('learns nothing from the mechanisms or the salt of a user that is not there', async () => {
    const client = await single();
    const ask = async (user: string): Promise<unknown> =>
      (await admin(client).command({ hello: 1, saslSupportedMechs: `admin.${user}` })).saslSupportedMechs;
    expect(await ask('nobody')).toEqual(await ask('root'));
    const salt = async (): Promise<string> => {
      const payload = Buffer.from('n,,n=nobody,r=abc');
      const step = await admin(client).command({ saslStart: 1, mechanism: 'SCRAM-SHA-256', payload });
      return /s=([^,]*),i=15000/.exec(step.payload.toString('utf8'))?.[1] ?? '';
    };
    const first = await salt();
    expect(Buffer.from(first, 'base64')).toHaveLength(28);
    expect(await salt()).toBe(first);
  });
});

describe('users', () => {
  it('are shown with what usersInfo asks for', async () => {
    const shop = root.db('users');
    await shop.command({
      createUser: 'kari',
      pwd: 'x',
      roles: ['read', { role: 'readWrite', db: 'home' }],
      customData: { id: 1 },
    });
    await shop.command({ createUser: 'li', pwd: 'x', roles: [], mechanisms: ['SCRAM-SHA-1'] });
    const kari = {
      _id: 'users.kari',
      userId: expect.anything(),
      user: 'kari',
      db: 'users',
      customData: { id: 1 },
      roles: [
        { role: 'read', db: 'users' },
        { role: 'readWrite', db: 'home' },
      ],
      mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-256'],
    };
    const names = async (usersInfo: unknown, more: object = {}): Promise<unknown> =>
      (await shop.command({ usersInfo, ...more })).users.map(({ _id }: { _id: string }) => _id);
    expect((await shop.command({ usersInfo: 'kari' })).users).toEqual([kari]);
    expect(await names(1)).toEqual(['users.kari', 'users.li']);
    expect(await names({ user: 'li', db: 'users' })).toEqual(['users.li']);
    expect(await names(['li', { user: 'kari', db: 'users' }, 'absent'])).toEqual(['users.li', 'users.kari']);
    expect(await names({ forAllDBs: true }, { filter: { db: 'users' } })).toEqual(['users.kari', 'users.li']);
    expect(await names(1, { filter: { mechanisms: 'SCRAM-SHA-256' } })).toEqual(['users.kari']);
    const [shown] = (await shop.command({ usersInfo: 'li', showCredentials: true })).users;
    expect(Object.keys(shown.credentials['SCRAM-SHA-1'])).toEqual(['iterationCount', 'salt', 'storedKey', 'serverKey']);
    expect(shown.credentials['SCRAM-SHA-1'].iterationCount).toBe(10000);
    await expect(shop.command({ usersInfo: 1, showPrivileges: true })).rejects.toMatchObject({ code: 20 });
    expect(await shop.command({ dropAllUsersFromDatabase: 1 })).toMatchObject({ n: 2 });
    expect(await names(1)).toEqual([]);
  });

  it('change, and their logins with them', async () => {
    const database = admin(root);
    await database.command({ createUser: 'changing', pwd: 'old', roles: [] });
    await database.command({ updateUser: 'changing', pwd: 'new', customData: { a: 1 } });
    await connect('changing', 'new');
    await expect(connect('changing', 'old')).rejects.toMatchObject({ code: authenticationFailed });
    await database.command({ updateUser: 'changing', mechanisms: ['SCRAM-SHA-1'] });
    await expect(connect('changing', 'new', { authMechanism: 'SCRAM-SHA-256' })).rejects.toMatchObject({ code: 18 });
    await expect(database.command({ updateUser: 'changing', mechanisms: ['SCRAM-SHA-256'] })).rejects.toMatchObject({
      code: 2,
    });
    await database.command({ grantRolesToUser: 'changing', roles: ['read', 'readWrite', 'read'] });
    await database.command({ revokeRolesFromUser: 'changing', roles: ['read'] });
    const { users } = await database.command({ usersInfo: 'changing' });
    expect(users[0]).toMatchObject({ roles: [{ role: 'readWrite', db: 'admin' }], customData: { a: 1 } });
    await database.command({ dropUser: 'changing' });
    await expect(connect('changing', 'new')).rejects.toMatchObject({ code: authenticationFailed });
  });

  it.each([
    [{ createUser: 'root', pwd: 'x', roles: [] }, 51003],
    [{ createUser: '', pwd: 'x', roles: [] }, 2],
    [{ createUser: 'u', roles: [] }, 2],
    [{ createUser: 'u', pwd: '', roles: [] }, 2],
    [{ createUser: 'u', pwd: 'x' }, 40414],
    [{ createUser: 'u', pwd: 1, roles: [] }, 14],
    [{ createUser: 'u', pwd: 'x', roles: [1] }, 2],
    [{ createUser: 'u', pwd: 'x', roles: ['absent'] }, 31],
    [{ createUser: 'u', pwd: 'x', roles: [{ role: 'root', db: 'shop' }] }, 31],
    [{ grantRolesToUser: 'root', roles: ['absent'] }, 31],
    [{ createUser: 'u', pwd: 'x', roles: [], mechanisms: [] }, 2],
    [{ createUser: 'u', pwd: 'x', roles: [], mechanisms: ['PLAIN'] }, 2],
    [{ createUser: 'u', pwd: 'x', roles: [], mechanisms: ['SCRAM-SHA-256'], digestPassword: false }, 2],
    [{ createUser: 'u', pwd: 'x', roles: [], authenticationRestrictions: [{ clientSource: ['nowhere'] }] }, 2],
    [{ createUser: 'u', pwd: 'x', roles: [], unknown: 1 }, 40415],
    [{ updateUser: 'absent', pwd: 'x' }, 11],
    [{ updateUser: 'root' }, 2],
    [{ dropUser: 'absent' }, 11],
    [{ grantRolesToUser: 'root', roles: [] }, 2],
    [{ grantRolesToUser: 'absent', roles: ['read'] }, 11],
  ])('are not changed by %j, which is refused with %i', async (command, code) => {
    await expect(admin(root).command(command)).rejects.toMatchObject({ code });
  });

  it('are shown with all that follows from their roles', async () => {
    const database = root.db('detailed');
    const authenticationRestrictions = [{ clientSource: ['127.0.0.1'] }];
    const privileges = [{ resource: { db: 'other', collection: 'c' }, actions: ['find'] }];
    await admin(root).command({ createRole: 'inner', privileges, roles: [], authenticationRestrictions });
    await admin(root).command({ createRole: 'outer', privileges: [], roles: ['inner'] });
    const roles = [{ role: 'outer', db: 'admin' }];
    await database.command({ createUser: 'd', pwd: 'x', roles, authenticationRestrictions });
    const { users } = await database.command({ usersInfo: 'd', showAuthenticationRestrictions: true });
    expect(users[0]).toMatchObject({
      authenticationRestrictions,
      inheritedRoles: [
        { role: 'outer', db: 'admin' },
        { role: 'inner', db: 'admin' },
      ],
      inheritedPrivileges: privileges,
      inheritedAuthenticationRestrictions: [authenticationRestrictions],
    });
    const client = await connect('d', 'x', { authSource: 'detailed' });
    const { authInfo } = await admin(client).command({ connectionStatus: 1, showPrivileges: true });
    expect(authInfo).toEqual({
      authenticatedUsers: [{ user: 'd', db: 'detailed' }],
      authenticatedUserRoles: users[0].inheritedRoles,
      authenticatedUserPrivileges: privileges,
    });
    const elsewhere = [{ clientSource: ['10.0.0.1'] }];
    await admin(root).command({ updateRole: 'inner', authenticationRestrictions: elsewhere });
    await expect(connect('d', 'x', { authSource: 'detailed' })).rejects.toMatchObject({ code: authenticationFailed });
  });

  it('change their own password and data where they may, and nobody else', async () => {
    const database = admin(root);
    const privileges = [{ resource: { db: 'admin', collection: '' }, actions: ['changeOwnPassword'] }];
    await database.command({ createRole: 'ownPassword', privileges, roles: [] });
    await database.command({ createUser: 'self', pwd: 'x', roles: ['ownPassword'] });
    const self = await connect('self', 'x');
    await admin(self).command({ updateUser: 'self', pwd: 'y' });
    await connect('self', 'y');
    for (const refused of [
      { updateUser: 'self', customData: {} },
      { updateUser: 'root', pwd: 'y' },
      { usersInfo: 'root' },
    ]) {
      await expect(admin(self).command(refused)).rejects.toMatchObject({ code: unauthorized });
    }
    expect((await admin(self).command({ usersInfo: 'self' })).users).toHaveLength(1);
  });

  it('are made once when many make them at once, on a store that has none yet', async () => {
    await using own = await startServer({ storageEngine: 'memory' });
    const client = await connectTo(own, {});
    const made = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) => admin(client).command({ createUser: `u${at % 2}`, pwd: 'x', roles: [] })),
    );
    const refused = made.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(refused).toEqual(Array.from({ length: 18 }, () => 51003));
    const changes = ['read', 'readWrite', 'dbAdmin', 'userAdmin'].map((role) =>
      admin(client).command({ grantRolesToUser: 'u0', roles: [role] }),
    );
    await Promise.all(changes);
    expect((await admin(client).command({ usersInfo: 'u0' })).users[0].roles).toHaveLength(4);
    await client.close();
  });

  it('of $external have no password', async () => {
    await root.db('$external').command({ createUser: 'CN=ann', roles: [{ role: 'read', db: 'shop' }] });
    const { users } = await root.db('$external').command({ usersInfo: 'CN=ann' });
    expect(users[0]).toMatchObject({ db: '$external', mechanisms: ['external'] });
    await expect(root.db('$external').command({ createUser: 'x', pwd: 'x', roles: [] })).rejects.toMatchObject({
      code: 2,
    });
  });

  it('log in only from where they may', async () => {
    const restricted = (user: string, authenticationRestrictions: object[]): Promise<unknown> =>
      admin(root).command({ createUser: user, pwd: 'x', roles: [], authenticationRestrictions });
    await restricted('here', [
      { clientSource: ['10.0.0.0/8'] },
      { clientSource: ['127.0.0.0/8'], serverAddress: ['127.0.0.1'] },
    ]);
    await restricted('elsewhere', [{ clientSource: ['127.0.0.1'], serverAddress: ['10.0.0.1'] }]);
    await connect('here', 'x');
    await expect(connect('elsewhere', 'x')).rejects.toMatchObject({ code: authenticationFailed });
  });
});

describe('a server within a process', () => {
  it('is started with users, who can log in at once and are not made a second time', async () => {
    const users = [
      { user: 'app', pwd: 'x', roles: ['readWriteAnyDatabase'] },
      { user: 'shop', pwd: 'y', db: 'shop', roles: ['read', { role: 'readWrite', db: 'other' }] },
    ];
    await using own = await startServer({ storageEngine: 'memory', auth: true, users: [...users, ...users] });
    const app = await connectTo(own, { auth: { username: 'app', password: 'x' } });
    await app.db('any').collection('items').insertOne({});
    const shop = await connectTo(own, { auth: { username: 'shop', password: 'y' }, authSource: 'shop' });
    await shop.db('other').collection('items').insertOne({});
    await expect(shop.db('shop').collection('items').insertOne({})).rejects.toMatchObject({ code: unauthorized });
    const stranger = await connectTo(own, {});
    const another = { createUser: 'z', pwd: 'z', roles: [] };
    await expect(admin(stranger).command(another)).rejects.toMatchObject({ code: unauthorized });
    for (const client of open.splice(0)) await client.close();
  });

  it('is not started with users who cannot be', async () => {
    const users = [{ user: 'app', pwd: '', roles: [] }];
    await expect(startServer({ storageEngine: 'memory', auth: true, users })).rejects.toMatchObject({ code: 2 });
  });

  it.each(['SCRAM-SHA-512', 'SCRAM-SHA-256,', 'PLAIN,SCRAM-SHA-256', ''])(
    'is not started with mechanisms that there are not (%j)',
    async (authenticationMechanisms) => {
      const refused = startServer({ storageEngine: 'memory', parameters: { authenticationMechanisms } });
      await expect(refused).rejects.toMatchObject({ codeName: 'BadValue' });
      await expect(refused).rejects.toThrow(/is none of MONGODB-X509, SCRAM-SHA-1, SCRAM-SHA-256$/);
    },
  );

  it('takes the mechanisms that it is told to', async () => {
    await using own = await startServer({
      storageEngine: 'memory',
      auth: true,
      users: [{ user: 'app', pwd: 'x', roles: ['root'] }],
      parameters: { authenticationMechanisms: 'SCRAM-SHA-256', scramSHA256IterationCount: 5000 },
    });
    const credentials = { auth: { username: 'app', password: 'x' } };
    const app = await connectTo(own, credentials);
    const { users } = await admin(app).command({ usersInfo: 'app', showCredentials: true });
    expect(Object.keys(users[0].credentials)).toEqual(['SCRAM-SHA-256']);
    expect(users[0].credentials['SCRAM-SHA-256'].iterationCount).toBe(5000);
    await expect(connectTo(own, { ...credentials, authMechanism: 'SCRAM-SHA-1' })).rejects.toMatchObject({
      codeName: 'MechanismUnavailable',
    });
    expect(await admin(app).command({ getParameter: 1, authenticationMechanisms: 1 })).toMatchObject({
      authenticationMechanisms: ['SCRAM-SHA-256'],
    });
    expect(await admin(app).command({ hello: 1, saslSupportedMechs: 'admin.nobody' })).toMatchObject({
      saslSupportedMechs: ['SCRAM-SHA-256'],
    });
    const x509 = { authenticate: 1, mechanism: 'MONGODB-X509', $db: '$external' };
    await expect(app.db('$external').command(x509)).rejects.toMatchObject({ codeName: 'MechanismUnavailable' });
    for (const client of open.splice(0)) await client.close();
  });
});

describe('serverStatus', () => {
  it('counts logins by mechanism', async () => {
    await using own = await startServer({
      storageEngine: 'memory',
      auth: true,
      users: [{ user: 'app', pwd: 'x', roles: ['root'] }],
    });
    const app = await connectTo(own, { auth: { username: 'app', password: 'x' }, maxPoolSize: 1 });
    await admin(app).command({ logout: 1 });
    await scramLogin(
      async (command) => {
        const { conversationId, done, payload } = await admin(app).command(command);
        return { conversationId, done, payload: payload.toString('utf8') };
      },
      { user: 'app', password: 'x' },
    );
    const { security } = await admin(app).command({ serverStatus: 1 });
    const { mechanisms } = security.authentication;
    expect(Object.keys(mechanisms)).toEqual(['MONGODB-X509', 'SCRAM-SHA-1', 'SCRAM-SHA-256']);
    expect(mechanisms['SCRAM-SHA-256']).toEqual({
      speculativeAuthenticate: { received: 1, successful: 1 },
      clusterAuthenticate: { received: 0, successful: 0 },
      authenticate: { received: 1, successful: 1 },
    });
    await app.close();
  });
});

describe('secrets', () => {
  it('show in no log, no profile, no currentOp', async () => {
    const database = root.db('profiled');
    await database.command({ profile: 2 });
    await database.command({ createUser: 'p', pwd: 'very-secret-1', roles: [] });
    await database.command({ updateUser: 'p', pwd: 'very-secret-2' });
    await expect(database.command({ createUser: 'p', pwd: 'very-secret-3', roles: [] })).rejects.toMatchObject({
      code: 51003,
    });
    const payload = Buffer.from('n,,n=p,r=very-secret-4');
    await database.command({ saslStart: 1, mechanism: 'SCRAM-SHA-256', payload });
    await database.command({ profile: 0 });
    const profile = await database.collection('system.profile').find().toArray();
    const commands = profile.map(({ command }) => Object.keys(command)[0]);
    expect(commands).toEqual(expect.arrayContaining(['createUser', 'updateUser', 'saslStart']));
    const { log: lines } = await admin(root).command({ getLog: 'global' });
    for (const text of [JSON.stringify(profile), JSON.stringify(lines), logged.join('\n')]) {
      expect(text).not.toMatch(/very-secret|top-secret/);
      expect(text).not.toContain(payload.toString('base64'));
    }
  });
});
