/** Statements that write more than is to be held at once, on both embedded engines. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collection, type Document, MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/index.ts';

const documents = 2500;

/** Asks again until the answer is the expected one; every question is a round trip in which the others go on. */
async function eventually<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) if ((await ask()) === expected) return;
  expect(await ask()).toBe(expected);
}

describe.each(['memory', 'lmdb'] as const)('on %s', (storageEngine) => {
  let dbPath: string;
  let server: RunningServer;
  let client: MongoClient;
  let items: Collection<Document & { _id: number | string }>;

  beforeEach(async () => {
    dbPath = mkdtempSync(join(tmpdir(), 'sojourn-large-'));
    server = await startServer(storageEngine === 'lmdb' ? { storageEngine, dbPath } : { storageEngine });
    client = await MongoClient.connect(server.uri);
    items = client.db('shop').collection('items');
    await items.insertMany(Array.from({ length: documents }, (_, at) => ({ _id: at, price: at })));
  });

  afterEach(async () => {
    await client.close();
    await server.stop();
    rmSync(dbPath, { recursive: true });
  });

  it('a statement on many documents is done in parts, which others see, and passes over what has changed meanwhile', async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      await items.updateOne({ _id: 1500 }, { $set: { price: -1 } }, { session });
      const pending = items.updateMany({ price: { $gte: 0 } }, { $set: { seen: true } });
      await eventually(() => items.countDocuments({ seen: true }), 1024);
      await items.deleteOne({ _id: 2000 });
      await session.commitTransaction();
      expect(await pending).toMatchObject({ matchedCount: documents - 2, modifiedCount: documents - 2 });
    });
    expect(await items.countDocuments({ seen: true })).toBe(documents - 2);
    expect(await items.findOne({ _id: 1500 })).toEqual({ _id: 1500, price: -1 });
  });

  it('removes in parts too', async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      await items.updateOne({ _id: 1500 }, { $set: { price: -1 } }, { session });
      const pending = items.deleteMany({ price: { $gte: 0 } });
      await eventually(() => items.countDocuments(), documents - 1000);
      await session.commitTransaction();
      expect(await pending).toMatchObject({ deletedCount: documents - 1 });
    });
    expect(await items.find().toArray()).toEqual([{ _id: 1500, price: -1 }]);
  });

  it('what fails in a later part leaves done what was done before', async () => {
    await items.createIndex({ price: 1 }, { unique: true });
    await items.insertOne({ _id: 'taken', price: 12_000 });
    const failed = await items
      .updateMany({ _id: { $type: 'int' } }, [{ $set: { price: { $add: ['$price', 10_000] } } }])
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 11_000 });
    expect(await items.countDocuments({ price: { $gte: 10_000 } })).toBe(2001);
  });

  it('inside a transaction there are no parts: all of it is undone by an abort', async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      expect(await items.deleteMany({}, { session })).toMatchObject({ deletedCount: documents });
      expect(await items.countDocuments()).toBe(documents);
      await session.abortTransaction();
    });
    expect(await items.countDocuments()).toBe(documents);
  });

  it('a transaction of 100,000 writes commits, all at once', async () => {
    const many = client.db('shop').collection<{ _id: number }>('many');
    await client.withSession(async (session) => {
      session.startTransaction();
      for (let first = 0; first < 100_000; first += 20_000) {
        const rows = Array.from({ length: 20_000 }, (_, at) => ({ _id: first + at }));
        await many.insertMany(rows, { session });
      }
      expect(await many.countDocuments()).toBe(0);
      expect(await many.countDocuments({ _id: { $gte: 99_990 } }, { session })).toBe(10);
      await session.commitTransaction();
    });
    expect(await many.estimatedDocumentCount()).toBe(100_000);
  });

  it('a transaction of 64 MB commits', async () => {
    const big = client.db('shop').collection<{ _id: number; bytes: Buffer }>('big');
    const bytes = Buffer.alloc(13 * 1024 * 1024, 7);
    await client.withSession(async (session) => {
      session.startTransaction();
      for (let _id = 0; _id < 5; _id++) await big.insertOne({ _id, bytes }, { session });
      await session.commitTransaction();
    });
    const sizes = await big.aggregate([{ $project: { size: { $binarySize: '$bytes' } } }]).toArray();
    expect(sizes.map(({ size }) => size)).toEqual(Array(5).fill(bytes.length));
  });

  it('$out fills a collection of its own, with the indexes of the one that it replaces', async () => {
    const target = client.db('shop').collection('target');
    await target.insertOne({ old: true });
    await target.createIndex({ tags: 1 });
    await items.aggregate([{ $addFields: { tags: ['a', '$price'] } }, { $out: 'target' }]).toArray();
    expect(await target.countDocuments()).toBe(documents);
    expect(await target.find({ tags: 7 }, { hint: { tags: 1 } }).toArray()).toHaveLength(1);
    expect(await target.countDocuments({ tags: 'a' }, { hint: 'tags_1' })).toBe(documents);
    expect(await client.db('shop').command({ validate: 'target' })).toMatchObject({ valid: true, nrecords: documents });
  });

  it('$out that fails leaves the old collection and nothing else', async () => {
    const target = client.db('shop').collection('target');
    await target.insertOne({ old: true });
    await target.createIndex({ kind: 1 }, { unique: true });
    const failed = await items
      .aggregate([{ $set: { kind: { $min: ['$price', 2000] } } }, { $out: 'target' }])
      .toArray()
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 11_000 });
    expect(await target.find().project({ _id: 0 }).toArray()).toEqual([{ old: true }]);
    expect((await client.db('shop').listCollections({}, { nameOnly: true }).toArray()).length).toBe(2);
  });

  it('$out notices that the indexes of its target have changed meanwhile', async () => {
    const target = client.db('shop').collection('target');
    await target.insertOne({ old: true });
    const waiting = async (): Promise<number> => {
      const { lockInfo } = await client.db('admin').command({ lockInfo: 1 });
      return (lockInfo as { pending: { X: number } }[])[0]?.pending.X ?? 0;
    };
    const failed = await client.withSession(async (session) => {
      session.startTransaction();
      await target.findOne({}, { session });
      const indexed = target.createIndex({ x: 1 });
      await eventually(waiting, 1);
      const replaced = items
        .aggregate([{ $out: 'target' }])
        .toArray()
        .catch((error: unknown) => error);
      await eventually(waiting, 2);
      await session.commitTransaction();
      await indexed;
      return replaced;
    });
    expect(failed).toMatchObject({ code: 125 });
    expect(await target.countDocuments()).toBe(1);
  });
});
