import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/index.ts';

const patienceMs = 60_000;
const shell = createRequire(import.meta.url).resolve('mongosh/bin/mongosh.js');

let server: RunningServer;
let home: string;

beforeAll(async () => {
  server = await startServer({ storageEngine: 'memory' });
  home = await mkdtemp(join(tmpdir(), 'sojourn-mongosh-'));
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

/** What the shell's last expression prints as JSON. The shell writes settings and logs into a home of its own. */
async function evaluate(script: string, uri = server.uri): Promise<unknown> {
  const words = [shell, uri, '--quiet', '--norc', '--json=relaxed', '--eval', script];
  const env = { ...process.env, HOME: home, USERPROFILE: home, APPDATA: home, LOCALAPPDATA: home };
  const { stdout } = await promisify(execFile)(process.execPath, words, { env });
  return JSON.parse(stdout);
}

describe('mongosh', { timeout: patienceMs }, () => {
  it('works with documents, indexes and pipelines', async () => {
    const result = await evaluate(`
      db = db.getSiblingDB('shell');
      db.things.insertMany([{ _id: 1, a: 1 }, { _id: 2, a: 2 }, { _id: 3, a: 2 }]);
      db.things.createIndex({ a: 1 });
      db.things.updateOne({ _id: 1 }, { $set: { b: [1, 2] } });
      ({
        found: db.things.find({ a: 2 }).sort({ _id: -1 }).toArray(),
        one: db.things.findOne({ _id: 1 }),
        groups: db.things.aggregate([{ $group: { _id: '$a', n: { $sum: 1 } } }, { $sort: { _id: 1 } }]).toArray(),
        indexes: db.things.getIndexes().map((index) => index.name),
        collections: db.getCollectionNames(),
        removed: db.things.deleteMany({}).deletedCount,
      })
    `);
    expect(result).toEqual({
      found: [
        { _id: 3, a: 2 },
        { _id: 2, a: 2 },
      ],
      one: { _id: 1, a: 1, b: [1, 2] },
      groups: [
        { _id: 1, n: 1 },
        { _id: 2, n: 2 },
      ],
      indexes: ['_id_', 'a_1'],
      collections: ['things'],
      removed: 3,
    });
  });

  it('shows the server and its replica set', async () => {
    const result = await evaluate(`({
      version: db.version(),
      primary: db.hello().isWritablePrimary,
      status: rs.status().myState,
      set: rs.conf()._id,
      databases: db.adminCommand({ listDatabases: 1 }).ok,
      uptime: db.serverStatus().uptime >= 0,
    })`);
    expect(result).toEqual({ version: '8.2.0', primary: true, status: 1, set: 'rs0', databases: 1, uptime: true });
  });

  it.each(['SCRAM-SHA-1', 'SCRAM-SHA-256'])('logs in by %s and manages users', async (mechanism) => {
    await using secured = await startServer({ storageEngine: 'memory', auth: true });
    await evaluate(`db.getSiblingDB('admin').createUser({ user: 'root', pwd: 'p w', roles: ['root'] })`, secured.uri);
    const uri = secured.uri.replace('mongodb://', 'mongodb://root:p%20w@');
    const result = await evaluate(
      `
      db = db.getSiblingDB('shop');
      db.createUser({ user: 'ann', pwd: 'x', roles: ['read'], customData: { a: 1 } });
      db.changeUserPassword('ann', 'y');
      db.grantRolesToUser('ann', ['readWrite']);
      const { users } = db.getUsers({ showCredentials: false });
      const status = db.runCommand({ connectionStatus: 1 }).authInfo.authenticatedUsers;
      const loggedIn = db.auth('ann', 'y').ok;
      db.items.insertOne({ _id: 1 });
      ({ names: users.map(({ user }) => user), roles: users[0].roles, status, loggedIn, items: db.items.find().toArray() })
    `,
      `${uri}&authMechanism=${mechanism}`,
    );
    expect(result).toEqual({
      names: ['ann'],
      roles: [
        { role: 'read', db: 'shop' },
        { role: 'readWrite', db: 'shop' },
      ],
      status: [{ user: 'root', db: 'admin' }],
      loggedIn: 1,
      items: [{ _id: 1 }],
    });
  });

  it('manages roles', async () => {
    await using secured = await startServer({ storageEngine: 'memory', auth: true });
    await evaluate(`db.getSiblingDB('admin').createUser({ user: 'root', pwd: 'x', roles: ['root'] })`, secured.uri);
    const result = await evaluate(
      `
      db = db.getSiblingDB('shop');
      const items = { db: 'shop', collection: 'items' };
      db.createRole({ role: 'reader', privileges: [{ resource: items, actions: ['find'] }], roles: [] });
      db.grantPrivilegesToRole('reader', [{ resource: items, actions: ['insert', 'remove'] }]);
      db.revokePrivilegesFromRole('reader', [{ resource: items, actions: ['remove'] }]);
      db.grantRolesToRole('reader', ['read', 'dbAdmin']);
      db.revokeRolesFromRole('reader', ['dbAdmin']);
      const made = db.getRole('reader', { showPrivileges: true });
      db.updateRole('reader', { roles: [] });
      db.createUser({ user: 'ann', pwd: 'y', roles: ['reader'] });
      const user = db.getUser('ann', { showPrivileges: true });
      const { roles } = db.getRoles({ showBuiltinRoles: true });
      const isDropped = db.dropRole('reader');
      ({
        privileges: made.privileges,
        roles: made.roles,
        granted: user.inheritedPrivileges,
        names: roles.map(({ role }) => role),
        isDropped,
        left: db.getUser('ann').roles,
        others: db.dropAllRoles(),
      })
    `,
      secured.uri.replace('mongodb://', 'mongodb://root:x@'),
    );
    const privileges = [{ resource: { db: 'shop', collection: 'items' }, actions: ['find', 'insert'] }];
    expect(result).toMatchObject({
      privileges,
      roles: [{ role: 'read', db: 'shop' }],
      granted: privileges,
      names: ['dbAdmin', 'dbOwner', 'read', 'readWrite', 'reader', 'userAdmin'],
      left: [],
    });
  });
});
