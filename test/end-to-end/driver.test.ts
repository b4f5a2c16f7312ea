import { type Collection, type Db, Decimal128, Double, Int32, Long, MongoClient, ObjectId, Timestamp } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/index.ts';

let server: RunningServer;
let client: MongoClient;
let database: Db;
let count = 0;

beforeAll(async () => {
  server = await startServer({ storageEngine: 'memory' });
  client = await MongoClient.connect(server.uri);
  database = client.db('shop');
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

interface Item {
  _id: number;
  name?: string;
  price?: number;
  tags?: string[];
}

let items: Collection<Item>;

beforeEach(() => {
  count++;
  items = database.collection<Item>(`items${count}`);
});

async function fill(documents: number): Promise<void> {
  await items.insertMany(
    Array.from({ length: documents }, (_, index) => ({ _id: index, name: `item ${index}`, price: index % 10 })),
  );
}

describe('documents', () => {
  it('come back as they were inserted, every type of them', async () => {
    const document = {
      _id: new ObjectId(),
      int: new Int32(1),
      double: new Double(1),
      long: Long.fromNumber(2 ** 40),
      decimal: Decimal128.fromString('1.10'),
      text: 'zwölf \u{1f600}',
      date: new Date(86_400_000),
      timestamp: new Timestamp({ t: 1, i: 2 }),
      bytes: Buffer.from('abc'),
      nested: { array: [1, 'two', { three: [] }], null: null },
      regex: /a.b/i,
    };
    const collection = database.collection(`types${count}`, { promoteValues: false, promoteLongs: false });
    await collection.insertOne(document);
    const found = await collection.findOne({ _id: document._id });
    expect(found).toMatchObject({
      int: new Int32(1),
      double: new Double(1),
      long: document.long,
      decimal: document.decimal,
    });
    expect(found?.nested).toBeDefined();
    expect(Object.keys(found ?? {})).toEqual(Object.keys(document));
  });

  it('are found, updated, replaced and deleted', async () => {
    await fill(10);
    expect(await items.findOne({ name: 'item 3' })).toEqual({ _id: 3, name: 'item 3', price: 3 });
    expect(await items.updateOne({ _id: 3 }, { $inc: { price: 10 }, $push: { tags: 'new' } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 1,
    });
    expect(await items.findOne({ _id: 3 })).toEqual({ _id: 3, name: 'item 3', price: 13, tags: ['new'] });
    expect(await items.updateMany({ price: { $lt: 5 } }, { $set: { price: 0 } })).toMatchObject({ matchedCount: 4 });
    expect(await items.replaceOne({ _id: 4 }, { name: 'other' })).toMatchObject({ modifiedCount: 1 });
    expect(await items.findOne({ _id: 4 })).toEqual({ _id: 4, name: 'other' });
    expect(await items.deleteMany({ _id: { $gte: 8 } })).toMatchObject({ deletedCount: 2 });
    expect(await items.countDocuments()).toBe(8);
    expect(await items.estimatedDocumentCount()).toBe(8);
  });

  it('are made by an upsert, and changed and given back by findOneAndUpdate', async () => {
    const upserted = await items.updateOne({ _id: 1 }, { $set: { name: 'made' } }, { upsert: true });
    expect(upserted).toMatchObject({ upsertedCount: 1, upsertedId: 1 });
    const after = await items.findOneAndUpdate({ _id: 1 }, { $set: { price: 7 } }, { returnDocument: 'after' });
    expect(after).toEqual({ _id: 1, name: 'made', price: 7 });
    expect(await items.findOneAndDelete({ _id: 1 })).toEqual(after);
    expect(await items.findOne({ _id: 1 })).toBeNull();
  });

  it.each([false, true])(
    'have the time of the write for empty timestamps, unless kept as they are: %s',
    async (kept) => {
      const empty = new Timestamp({ t: 0, i: 0 });
      const bypass = { bypassEmptyTsReplacement: kept };
      const document = { _id: 1, at: empty };
      const database = client.db('shop');
      const isEmpty = async (): Promise<boolean> => {
        const found = await database.collection<{ _id: number; at: Timestamp }>('stamps').findOne({ _id: 1 });
        return found?.at.isZero() ?? false;
      };
      await database.dropCollection('stamps');
      await database.command({ insert: 'stamps', documents: [document], ...bypass });
      expect(await isEmpty()).toBe(kept);
      await database.command({ update: 'stamps', updates: [{ q: { _id: 1 }, u: { at: empty } }], ...bypass });
      expect(await isEmpty()).toBe(kept);
      await database.command({ findAndModify: 'stamps', query: { _id: 1 }, update: { at: empty, n: 1 }, ...bypass });
      expect(await isEmpty()).toBe(kept);
      await client.db('admin').command({
        bulkWrite: 1,
        ops: [{ update: 0, filter: { n: 1 }, updateMods: { at: empty } }],
        nsInfo: [{ ns: 'shop.stamps' }],
        ...bypass,
      });
      expect(await isEmpty()).toBe(kept);
    },
  );

  it('are written in bulk, in order until the first failure', async () => {
    const written = await items.bulkWrite([
      { insertOne: { document: { _id: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { price: 1 } } } },
      { deleteOne: { filter: { _id: 1 } } },
    ]);
    expect(written).toMatchObject({ insertedCount: 1, modifiedCount: 1, deletedCount: 1 });
    await expect(items.insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }])).rejects.toMatchObject({ code: 11000 });
    expect(await items.countDocuments()).toBe(1);
  });

  it('may be as large as 16 MiB and no larger', async () => {
    const large = database.collection(`large${count}`);
    await large.insertOne({ text: 'x'.repeat(16 * 1024 * 1024 - 100) });
    expect((await large.findOne({}))?.text).toHaveLength(16 * 1024 * 1024 - 100);
    await expect(large.insertOne({ text: 'x'.repeat(16 * 1024 * 1024) })).rejects.toThrow();
  });

  it('are written though nobody waits for the answer', async () => {
    await items.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    await expect.poll(() => items.countDocuments()).toBe(1);
  });
});

describe('cursors', () => {
  it('bring everything in batches', async () => {
    await fill(1000);
    const found = await items.find({}, { batchSize: 7 }).toArray();
    expect(found.map((item) => item._id)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  it('sort, skip, limit and project', async () => {
    await fill(30);
    const found = await items
      .find({}, { projection: { _id: 1 } })
      .sort({ price: -1, _id: 1 })
      .skip(1)
      .limit(3)
      .toArray();
    expect(found).toEqual([{ _id: 19 }, { _id: 29 }, { _id: 8 }]);
  });

  it('are closed by their client and then not found', async () => {
    await fill(10);
    const cursor = items.find({}, { batchSize: 2 });
    await cursor.next();
    const id = cursor.id;
    await cursor.close();
    await expect(database.command({ getMore: id, collection: items.collectionName })).rejects.toMatchObject({
      code: 43,
    });
  });

  it('wait for new documents of a capped collection', async () => {
    const log = await database.createCollection<{ line: number }>(`log${count}`, { capped: true, size: 100_000 });
    await log.insertOne({ line: 1 });
    const cursor = log.find({}, { tailable: true, awaitData: true, maxAwaitTimeMS: 5000 });
    expect(await cursor.next()).toMatchObject({ line: 1 });
    const next = cursor.next();
    await log.insertOne({ line: 2 });
    expect(await next).toMatchObject({ line: 2 });
    await cursor.close();
  });
});

describe('indexes', () => {
  it('are made, listed, used and dropped', async () => {
    await fill(100);
    await items.createIndex({ name: 1 }, { unique: true });
    expect((await items.indexes()).map((index) => index.name)).toEqual(['_id_', 'name_1']);
    const plan = await items.find({ name: 'item 7' }).explain('queryPlanner');
    expect(JSON.stringify(plan.queryPlanner.winningPlan)).toContain('IXSCAN');
    await expect(items.insertOne({ _id: 1000, name: 'item 7' })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { name: 1 },
      keyValue: { name: 'item 7' },
    });
    await items.dropIndex('name_1');
    expect(await items.indexes()).toHaveLength(1);
  });
});

describe('aggregation', () => {
  it('groups, sorts and joins', async () => {
    await fill(100);
    const totals = await items
      .aggregate([
        { $match: { price: { $gte: 8 } } },
        { $group: { _id: '$price', count: { $sum: 1 } } },
        { $sort: { _id: -1 } },
        { $lookup: { from: items.collectionName, localField: '_id', foreignField: '_id', as: 'same' } },
        { $project: { count: 1, same: '$same.name' } },
      ])
      .toArray();
    expect(totals).toEqual([
      { _id: 9, count: 10, same: ['item 9'] },
      { _id: 8, count: 10, same: ['item 8'] },
    ]);
  });
});

describe('databases and collections', () => {
  it('are listed, renamed and dropped', async () => {
    const other = client.db(`other${count}`);
    await other.createCollection('a');
    await other.collection('b').insertOne({});
    expect((await other.listCollections().toArray()).map(({ name }) => name).sort()).toEqual(['a', 'b']);
    expect((await client.db().admin().listDatabases()).databases.map(({ name }) => name)).toContain(other.databaseName);
    await other.renameCollection('a', 'c');
    await other.dropCollection('b');
    expect((await other.listCollections().toArray()).map(({ name }) => name)).toEqual(['c']);
    await other.dropDatabase();
    expect(await other.listCollections().toArray()).toEqual([]);
  });
});
