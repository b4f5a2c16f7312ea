import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { printValue } from '../../src/bson/print.ts';
import { Binary } from '../../src/bson/scalar.ts';
import { BsonDocument } from '../../src/bson/value.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/index.ts';
import { type Fields, WireClient } from '../../src/server/wire-client.fake.ts';
import { logIn } from '../scram-login.ts';

const unauthorized = 13;

let directory: string;
let server: RunningServer | undefined;
const clients: WireClient[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sojourn-access-'));
});

afterEach(async () => {
  await stop();
  await rm(directory, { recursive: true, force: true });
});

async function stop(): Promise<void> {
  for (const client of clients.splice(0)) client.close();
  await server?.stop();
  server = undefined;
}

/** Stops the server that runs and starts one on the same store. */
async function restart(options: ServerOptions): Promise<void> {
  await stop();
  server = await startServer({ dbPath: directory, ...options });
}

/** A connection that sends what it is told, its session fields too. */
async function connect(user?: string): Promise<WireClient> {
  const client = await WireClient.connect(server?.port ?? 0);
  clients.push(client);
  if (user !== undefined) await logIn(client, { user, password: 'secret' });
  return client;
}

async function run(client: WireClient, command: Fields): Promise<BsonDocument> {
  return client.command({ ...command, $db: command.$db ?? 'shop' });
}

/** The fields of a reply that are named; `ok` is a word, or the message of what went wrong. */
async function fieldsOf(client: WireClient, command: Fields, ...names: string[]): Promise<unknown[]> {
  const reply = await run(client, command);
  return names.map((name) => {
    const value = reply.get(name);
    return name === 'ok' ? (reply.get('errmsg') ?? 'ok') : value;
  });
}

const createRoot = { createUser: 'root', pwd: 'secret', roles: ['root'], $db: 'admin' };
const find = { find: 'items', $db: 'shop' };

const id = new Binary(Buffer.alloc(16, 9), Binary.SUBTYPE_UUID);
/** The digest that sessions without an owner have. */
const nobody = new Binary(Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex'));

describe('going from no login to logins', () => {
  it('leaves sessions and histories of before unusable, and gives them back without access control', async () => {
    await restart({ parameters: { enableTestCommands: true } });
    const before = await connect();
    const insert = { insert: 'items', documents: [{ _id: 1 }, { _id: 2 }], lsid: { id }, txnNumber: 5n };
    expect(await fieldsOf(before, insert, 'ok', 'n')).toEqual(['ok', 2]);
    await run(before, createRoot);
    await run(before, { createUser: 'app', pwd: 'secret', roles: [{ role: 'readWrite', db: 'shop' }], $db: 'admin' });
    expect(await fieldsOf(before, { refreshLogicalSessionCacheNow: 1 }, 'ok')).toEqual(['ok']);

    await restart({ auth: true });
    const app = await connect('app');
    expect(await fieldsOf(app, { ...find, lsid: { id, uid: nobody } }, 'code')).toEqual([unauthorized]);
    expect(await fieldsOf(app, { ...insert, lsid: { id, uid: nobody } }, 'code')).toEqual([unauthorized]);
    // The same id alone is a session of one's own, which knows nothing of what the other has written.
    const [n, errors] = await fieldsOf(app, insert, 'n', 'writeErrors');
    expect([n, Array.isArray(errors)]).toEqual([0, true]);
    expect(await fieldsOf(await connect(), { ...find, lsid: { id, uid: nobody } }, 'code')).toEqual([unauthorized]);

    await restart({});
    const after = await connect();
    expect(await fieldsOf(after, insert, 'ok', 'n', 'retriedStmtIds')).toEqual(['ok', 2, [0, 1]]);
  });

  it('serves both kinds of clients in between', async () => {
    await restart({});
    await run(await connect(), createRoot);
    await restart({ auth: true, transitionToAuth: true });
    const stranger = await connect();
    const known = await connect('root');
    for (const client of [stranger, known]) {
      expect(await fieldsOf(client, { insert: 'items', documents: [{}], lsid: { id } }, 'n')).toEqual([1]);
    }
    const who = async (client: WireClient): Promise<string> => {
      const status = (await run(client, { connectionStatus: 1 })).get('authInfo');
      return status instanceof BsonDocument ? printValue(status.get('authenticatedUsers')) : '';
    };
    expect(await who(stranger)).toBe('[]');
    expect(await who(known)).toContain('root');
    await expect(logIn(await connect(), { user: 'root', password: 'wrong' })).rejects.toThrow('Authentication failed.');
    // A session belongs to nobody as long as not everybody has a name.
    expect(await fieldsOf(known, { ...find, lsid: { id, uid: nobody } }, 'ok')).toEqual(['ok']);
  });
});

describe('the first user', () => {
  it('is made from this machine while there is none, by somebody who can do nothing else', async () => {
    await restart({ storageEngine: 'memory', auth: true });
    const first = await connect();
    expect(await fieldsOf(first, { insert: 'items', documents: [{}] }, 'code')).toEqual([unauthorized]);
    expect(await fieldsOf(first, { ...createRoot, $db: 'shop' }, 'code')).toEqual([unauthorized]);
    // Session fields of somebody who cannot own a session are passed over.
    expect(await fieldsOf(first, { ...createRoot, lsid: { id } }, 'ok')).toEqual(['ok']);
    expect(await fieldsOf(first, { ...createRoot, createUser: 'second' }, 'code')).toEqual([unauthorized]);
    expect(await fieldsOf(await connect('root'), { insert: 'items', documents: [{}] }, 'n')).toEqual([1]);
  });

  it('cannot be made so where enableLocalhostAuthBypass is off', async () => {
    await restart({ storageEngine: 'memory', auth: true, parameters: { enableLocalhostAuthBypass: false } });
    expect(await fieldsOf(await connect(), createRoot, 'code')).toEqual([unauthorized]);
  });
});
