import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ChangeStream,
  type ChangeStreamDocument,
  type Collection,
  type Document,
  MongoClient,
  type ResumeToken,
} from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/index.ts';
import { Program } from './program.ts';

interface Item extends Document {
  _id: number;
}

/** The next events of a stream. */
async function take(stream: ChangeStream<Item>, count: number): Promise<ChangeStreamDocument<Item>[]> {
  const events: ChangeStreamDocument<Item>[] = [];
  while (events.length < count) events.push(await stream.next());
  return events;
}

/** Opens a stream at the server, not merely at the driver, which would wait for the first look. */
async function opened(stream: ChangeStream<Item>): Promise<ChangeStream<Item>> {
  await stream.tryNext();
  return stream;
}

function ids(events: readonly ChangeStreamDocument<Item>[]): unknown[] {
  return events.map((event) => ('documentKey' in event ? event.documentKey._id : event.operationType));
}

describe('a change stream', () => {
  let server: RunningServer;
  let client: MongoClient;
  let items: Collection<Item>;
  let count = 0;

  beforeAll(async () => {
    server = await startServer({ storageEngine: 'memory', parameters: { ttlMonitorSleepSecs: 1 } });
    client = await MongoClient.connect(server.uri);
  });

  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  beforeEach(async () => {
    items = client.db('shop').collection<Item>(`items${++count}`);
    await client.db('shop').createCollection(items.collectionName);
  });

  it('tells a watcher of every kind of write, in order', async () => {
    const stream = await opened(items.watch());
    await items.insertOne({ _id: 1, n: 1 });
    await items.updateOne({ _id: 1 }, { $set: { n: 2 } });
    await items.findOneAndReplace({ _id: 1 }, { n: 3 });
    await items.bulkWrite([{ deleteOne: { filter: { _id: 1 } } }, { insertOne: { document: { _id: 2 } } }]);
    const events = await take(stream, 5);
    expect(events.map(({ operationType }) => operationType)).toEqual([
      'insert',
      'update',
      'replace',
      'delete',
      'insert',
    ]);
    expect(events[1]).toMatchObject({ updateDescription: { updatedFields: { n: 2 } }, documentKey: { _id: 1 } });
    expect(events[2]).toMatchObject({ fullDocument: { _id: 1, n: 3 } });
    await stream.close();
  });

  it('resumes behind any event, and starts again behind the end of its collection', async () => {
    const stream = await opened(items.watch());
    await items.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    const [first] = await take(stream, 1);
    await stream.close();
    const resumed = items.watch([], { resumeAfter: first?._id });
    expect(ids(await take(resumed, 2))).toEqual([2, 3]);
    await items.drop();
    const end = await take(resumed, 2);
    expect(ids(end)).toEqual(['drop', 'invalidate']);
    const again = await opened(items.watch([], { startAfter: end[1]?._id }));
    await items.insertOne({ _id: 4 });
    expect(ids(await take(again, 1))).toEqual([4]);
    await again.close();
  });

  it('starts at a time that a session has seen', async () => {
    await (await opened(items.watch())).close();
    const session = client.startSession();
    await items.insertOne({ _id: 1 }, { session });
    await items.insertOne({ _id: 2 }, { session });
    const startAtOperationTime = session.operationTime;
    await items.insertOne({ _id: 3 }, { session });
    await session.endSession();
    expect(startAtOperationTime).toBeDefined();
    if (startAtOperationTime === undefined) return;
    const stream = items.watch([], { startAtOperationTime });
    expect(ids(await take(stream, 2))).toEqual([2, 3]);
    await stream.close();
  });

  it('shows documents before and after, as they were, where the collection keeps them', async () => {
    await client.db('shop').command({ collMod: items.collectionName, changeStreamPreAndPostImages: { enabled: true } });
    const stream = await opened(
      items.watch([], { fullDocument: 'required', fullDocumentBeforeChange: 'whenAvailable' }),
    );
    await items.insertOne({ _id: 1, n: 1 });
    await items.updateOne({ _id: 1 }, { $inc: { n: 1 } });
    await items.updateOne({ _id: 1 }, { $inc: { n: 1 } });
    await items.deleteOne({ _id: 1 });
    const [insert, first, second, removed] = await take(stream, 4);
    expect(insert).not.toHaveProperty('fullDocumentBeforeChange');
    expect(first).toMatchObject({ fullDocument: { n: 2 }, fullDocumentBeforeChange: { n: 1 } });
    expect(second).toMatchObject({ fullDocument: { n: 3 }, fullDocumentBeforeChange: { n: 2 } });
    expect(removed).toMatchObject({ fullDocumentBeforeChange: { n: 3 } });
    await stream.close();
  });

  it('looks up the document as it is now, also in a collection with another name', async () => {
    const stream = await opened(client.db('shop').watch<Item>([], { fullDocument: 'updateLookup' }));
    await items.insertOne({ _id: 1, n: 1 });
    await items.updateOne({ _id: 1 }, { $set: { n: 2 } });
    await items.updateOne({ _id: 1 }, { $set: { n: 3 } });
    await items.rename(`renamed${count}`);
    const [, update] = await take(stream, 2);
    expect(update).toMatchObject({ operationType: 'update', fullDocument: { _id: 1, n: 3 } });
    await stream.close();
  });

  it('tells the writes of a transaction with its session, all at one time', async () => {
    const stream = await opened(items.watch());
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await items.insertOne({ _id: 1 }, { session });
        await items.insertOne({ _id: 2 }, { session });
      }),
    );
    const [one, two] = await take(stream, 2);
    expect(one).toHaveProperty('lsid');
    expect(one?.clusterTime).toEqual(two?.clusterTime);
    expect(one?._id).not.toEqual(two?._id);
    await stream.close();
  });

  it('tells of documents that expired', async () => {
    await items.createIndex({ at: 1 }, { expireAfterSeconds: 0 });
    const stream = await opened(items.watch([{ $match: { operationType: 'delete' } }]));
    await items.insertOne({ _id: 1, at: new Date(0) });
    expect(ids(await take(stream, 1))).toEqual([1]);
    await stream.close();
  });

  it('splits what no document could hold, and resumes between the parts', async () => {
    await client.db('shop').command({ collMod: items.collectionName, changeStreamPreAndPostImages: { enabled: true } });
    const large = 'x'.repeat(9 * 1024 * 1024);
    const options = { fullDocumentBeforeChange: 'required', fullDocument: 'required' } as const;
    const stream = await opened(items.watch([{ $changeStreamSplitLargeEvent: {} }], options));
    const whole = await opened(items.watch([], options));
    await items.insertOne({ _id: 1, large });
    await items.updateOne({ _id: 1 }, { $set: { n: 1 } });
    const [, part, next] = await take(stream, 3);
    expect(part).toMatchObject({ splitEvent: { fragment: 1, of: 2 } });
    expect(next).toMatchObject({ splitEvent: { fragment: 2, of: 2 } });
    const resumed = items.watch([{ $changeStreamSplitLargeEvent: {} }], { ...options, resumeAfter: part?._id });
    expect((await take(resumed, 1))[0]).toMatchObject({ splitEvent: { fragment: 2, of: 2 } });
    await take(whole, 1);
    await expect(whole.next()).rejects.toMatchObject({ code: 10334 });
    for (const open of [stream, whole, resumed]) await open.close();
  }, 60_000);
});

describe('a change stream on a durable store', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sojourn-streams-'));
  });

  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  /** Reads on behind a token until an insert of this `_id`; answers the ids that were told, and the last token. */
  async function readUntil(
    uri: string,
    after: ResumeToken | undefined,
    last: number,
  ): Promise<[number[], ResumeToken]> {
    const client = await MongoClient.connect(uri);
    const stream = client
      .db('shop')
      .collection<Item>('items')
      .watch([], after === undefined ? {} : { resumeAfter: after });
    try {
      if (after === undefined) {
        await stream.tryNext();
        await client.db('shop').collection<Item>('items').insertOne({ _id: last });
      }
      const told: number[] = [];
      for (;;) {
        const event = await stream.next();
        if (event.operationType !== 'insert') continue;
        told.push(event.documentKey._id);
        if (event.documentKey._id === last) return [told, event._id];
      }
    } finally {
      await stream.close();
      await client.close();
    }
  }

  it('tells each acknowledged insert once to a reader that resumes, over a restart and a kill', async () => {
    const words = ['--dbpath', join(directory, 'store'), '--port', '0'];
    let program = new Program(...words);
    let token: ResumeToken;
    [, token] = await readUntil(await program.uri(), undefined, 0);
    const acknowledged: number[] = [];
    const told: number[] = [];
    for (const [round, signal] of (['SIGTERM', 'SIGKILL', 'SIGKILL'] as const).entries()) {
      const client = await MongoClient.connect(await program.uri(), { retryWrites: false });
      const items = client.db('shop').collection<Item>('items');
      const first = 1000 * (round + 1);
      const writing = Array.from({ length: 40 }, async (_, at) => {
        await items.insertOne({ _id: first + at });
        acknowledged.push(first + at);
        // In the middle of them.
        if (at === 25) program.process.kill(signal);
      });
      await Promise.allSettled(writing);
      await client.close();
      await program.ended;
      program = new Program(...words);
      const last = first + 999;
      const uri = await program.uri();
      const reader = await MongoClient.connect(uri);
      await reader.db('shop').collection<Item>('items').insertOne({ _id: last });
      await reader.close();
      const [read, behind] = await readUntil(uri, token, last);
      told.push(...read);
      token = behind;
    }
    await program.end('SIGTERM');
    expect(new Set(told).size).toBe(told.length);
    expect(told).toEqual(expect.arrayContaining(acknowledged));
    expect(acknowledged.length).toBeGreaterThan(20);
  }, 120_000);

  it('says where its history is gone', async () => {
    const server = await startServer({ storageEngine: 'memory' });
    const client = await MongoClient.connect(server.uri);
    const items = client.db('shop').collection<Item>('items');
    const session = client.startSession();
    await items.insertOne({ _id: 1 }, { session });
    const startAtOperationTime = session.operationTime;
    expect(startAtOperationTime).toBeDefined();
    if (startAtOperationTime === undefined) return;
    await expect(items.watch([], { startAtOperationTime }).next()).rejects.toMatchObject({ code: 286 });
    await session.endSession();
    await client.close();
    await server.stop();
  });
});
