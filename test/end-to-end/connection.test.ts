import { once } from 'node:events';
import { MongoClient, type MongoClientOptions, ReadPreference } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningServer, type ServerOptions, startServer } from '../../src/index.ts';

const clients: MongoClient[] = [];
const servers: RunningServer[] = [];

async function start(options: ServerOptions = {}): Promise<RunningServer> {
  const server = await startServer({ storageEngine: 'memory', ...options });
  servers.push(server);
  return server;
}

async function connect(server: RunningServer, options: MongoClientOptions = {}): Promise<MongoClient> {
  const client = await MongoClient.connect(server.uri, options);
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) await server.stop();
});

describe('the Node driver', () => {
  it('finds a replica set with one primary', async () => {
    const client = await connect(await start({ replicaSet: 'blue' }));
    const hello = await client.db('admin').command({ hello: 1 });
    expect(hello).toMatchObject({ setName: 'blue', isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 27 });
    expect(await client.db().command({ ping: 1 }, { readPreference: ReadPreference.PRIMARY })).toMatchObject({ ok: 1 });
  });

  // Elsewhere a machine has only one loopback address.
  it.runIf(process.platform === 'linux')(
    'is told the address that it came to by a server on all addresses, and one address by others',
    async () => {
      const everywhere = await start({ replicaSet: 'blue', host: '*' });
      const seed = `mongodb://127.0.0.2:${everywhere.port}/?replicaSet=blue`;
      const client = await MongoClient.connect(seed);
      clients.push(client);
      const me = `127.0.0.2:${everywhere.port}`;
      expect(await client.db('admin').command({ hello: 1 })).toMatchObject({ me, hosts: [me], primary: me });
      const status = await client.db('admin').command({ replSetGetStatus: 1 });
      expect(status.members[0].name).toBe(me);
      const fixed = await start();
      const hello = await (await connect(fixed)).db('admin').command({ hello: 1 });
      expect(hello.me).toBe(`127.0.0.1:${fixed.port}`);
    },
  );

  it.each(['zlib', 'snappy'] as const)('talks compressed with %s', async (compressor) => {
    const client = await connect(await start(), { compressors: [compressor] });
    const admin = client.db('admin');
    const bytesIn = async (): Promise<number> => Number((await admin.command({ serverStatus: 1 })).network.bytesIn);
    const text = 'abc'.repeat(100_000);
    const before = await bytesIn();
    expect(await admin.command({ ping: 1, comment: text })).toMatchObject({ ok: 1 });
    expect((await bytesIn()) - before).toBeLessThan(text.length / 2);
  });

  it('is told of the state of the server by a stream of hellos', async () => {
    const server = await start();
    const client = new MongoClient(server.uri, { heartbeatFrequencyMS: 500, serverMonitoringMode: 'stream' });
    clients.push(client);
    const awaited = new Promise<void>((resolve) => {
      client.on('serverHeartbeatSucceeded', (event) => event.awaited && resolve());
    });
    await client.connect();
    await awaited;
  });

  it('speaks the Stable API', async () => {
    const client = await connect(await start(), { serverApi: { version: '1', strict: true, deprecationErrors: true } });
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('gets a clear error for what does not exist', async () => {
    const client = await connect(await start());
    await expect(client.db('admin').command({ doesNotExist: 1 })).rejects.toMatchObject({
      code: 59,
      codeName: 'CommandNotFound',
      message: "no such command: 'doesNotExist'",
    });
  });

  it('sees its connections closed when the server stops', async () => {
    const server = await start();
    const client = await connect(server, { serverSelectionTimeoutMS: 300 });
    await client.db().command({ ping: 1 });
    const closed = once(client, 'connectionClosed');
    await server.stop();
    await closed;
    await expect(client.db().command({ ping: 1 })).rejects.toThrow();
  });
});

describe('servers in one process', () => {
  it('share nothing', async () => {
    const [first, second] = [await start(), await start()];
    const [one, two] = [await connect(first), await connect(second)];
    await one.db('shop').collection('orders').insertOne({ item: 'book' });
    expect(await one.db('shop').collection('orders').countDocuments()).toBe(1);
    expect(await two.db('shop').collection('orders').countDocuments()).toBe(0);
  });

  it('may be many, started at once', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, () => start()));
    expect(new Set(many.map((server) => server.port)).size).toBe(20);
  });

  it('are left with the block that they were declared in', async () => {
    let left: RunningServer | undefined;
    {
      await using server = await startServer();
      left = server;
      const client = await MongoClient.connect(server.uri);
      await client.db().command({ ping: 1 });
      await client.close();
    }
    await left.stopped;
    await expect(MongoClient.connect(left.uri, { serverSelectionTimeoutMS: 200 })).rejects.toThrow();
  });

  it('refuse parameters that do not exist', async () => {
    await expect(startServer({ parameters: { nothing: 1 } })).rejects.toMatchObject({ codeName: 'InvalidOptions' });
  });
});
