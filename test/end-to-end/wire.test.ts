import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BsonDocument } from '../../src/bson/value.ts';
import { type RunningServer, startServer } from '../../src/index.ts';
import { type Fields, messageFrame, WireClient } from '../../src/server/wire-client.fake.ts';
import { crc32c } from '../../src/wire/crc32c.ts';

const checksumPresent = 1;
const moreToCome = 2;
const exhaustAllowed = 1 << 16;

let server: RunningServer;
const clients: WireClient[] = [];

beforeAll(async () => {
  server = await startServer({ storageEngine: 'memory' });
});

afterAll(() => server.stop());

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function connect(): Promise<WireClient> {
  const client = await WireClient.connect(server.port);
  clients.push(client);
  return client;
}

async function run(client: WireClient, fields: Fields): Promise<BsonDocument> {
  const reply = await client.command({ ...fields, $db: fields.$db ?? 'wire' });
  expect(reply.get('errmsg')).toBeUndefined();
  return reply;
}

function cursorOf(reply: BsonDocument | undefined): BsonDocument {
  const cursor = reply?.get('cursor');
  expect(cursor).toBeInstanceOf(BsonDocument);
  return cursor as BsonDocument;
}

describe('the wire', () => {
  it('brings all batches of a cursor for one getMore that allows it', async () => {
    const client = await connect();
    await run(client, { insert: 'many', documents: Array.from({ length: 10 }, (_, _id) => ({ _id })) });
    const first = cursorOf(await run(client, { find: 'many', batchSize: 2 }));
    client.send(
      messageFrame(
        { getMore: first.get('id') as bigint, collection: 'many', batchSize: 3, $db: 'wire' },
        exhaustAllowed,
      ),
    );
    const sizes: number[] = [];
    for (let flags = moreToCome; flags === moreToCome; ) {
      const answer = await client.receive();
      flags = answer?.flags ?? 0;
      const batch = cursorOf(answer?.body).get('nextBatch');
      sizes.push(Array.isArray(batch) ? batch.length : -1);
    }
    expect(sizes.reduce((sum, size) => sum + size)).toBe(8);
    expect(sizes.slice(0, 2)).toEqual([3, 3]);
    await run(client, { ping: 1 });
  });

  it('answers a checksum with a checksum', async () => {
    const client = await connect();
    const frame = Buffer.concat([messageFrame({ ping: 1 }, checksumPresent), Buffer.alloc(4)]);
    frame.writeInt32LE(frame.length, 0);
    frame.writeUInt32LE(crc32c(frame, 0, frame.length - 4), frame.length - 4);
    client.send(frame);
    const answer = await client.receive();
    expect(answer?.flags).toBe(checksumPresent);
    const bytes = answer?.frame ?? Buffer.alloc(4);
    expect(bytes.readUInt32LE(bytes.length - 4)).toBe(crc32c(bytes, 0, bytes.length - 4));
  });

  it('lets go of what a client waited for that is gone', async () => {
    const [waiting, watching] = [await connect(), await connect()];
    await run(watching, { create: 'log', capped: true, size: 10_000 });
    await run(watching, { insert: 'log', documents: [{ _id: 1 }] });
    const cursor = cursorOf(await run(waiting, { find: 'log', tailable: true, awaitData: true }));
    waiting.send(
      messageFrame({ getMore: cursor.get('id') as bigint, collection: 'log', maxTimeMS: 600_000, $db: 'wire' }),
    );
    const operations = async (): Promise<number> => {
      const reply = await run(watching, { currentOp: 1, $db: 'admin' });
      const listed = reply.get('inprog');
      if (!Array.isArray(listed)) return -1;
      return listed.filter((each) => each instanceof BsonDocument && each.get('op') === 'getmore').length;
    };
    await expect.poll(operations).toBe(1);
    waiting.close();
    await expect.poll(operations).toBe(0);
  });
});
