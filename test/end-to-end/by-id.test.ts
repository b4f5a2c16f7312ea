/** Commands on one `_id` take a way of their own; `{_id: {$eq: …}}` asks for the same and takes the general one. */
import { type Db, Decimal128, type Document, Double, Long, MongoClient, ObjectId, UUID } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandomness } from '../../src/clock/randomness.ts';
import { type RunningServer, startServer } from '../../src/index.ts';

let server: RunningServer;
let client: MongoClient;
let database: Db;

beforeAll(async () => {
  server = await startServer({ storageEngine: 'memory' });
  client = await MongoClient.connect(server.uri);
  database = client.db('ids');
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

const ids = [
  1,
  new Double(1),
  Long.fromNumber(1),
  Decimal128.fromString('1.0'),
  0,
  new Double(-0),
  Number.NaN,
  Long.MAX_VALUE,
  2.5,
  '',
  'text',
  'Text',
  'zwölf',
  'x'.repeat(3000),
  new ObjectId('64b7f0000000000000000001'),
  new UUID('00112233-4455-6677-8899-aabbccddeeff'),
  Buffer.from([1, 2, 3]),
  new Date(5),
  true,
  null,
  { a: 1 },
  { $gt: 1 },
  /text/,
  [1],
];

const updates: readonly (Document | Document[])[] = [
  { $inc: { count: 1 } },
  { $inc: { count: 'one' } },
  { $inc: { name: 1 } },
  { $set: { name: 'other', 'nested.deep': 1 } },
  { $set: { name: 'first' } },
  { $set: { _id: 7 } },
  { $set: { 'list.$': 1 } },
  { $push: { list: 1 } },
  { $unset: { name: '' } },
  { $rename: { name: 'title' } },
  { $unknown: { a: 1 } },
  { $setOnInsert: { made: true } },
  { $set: { unique: 1 } },
  { replaced: true },
  { _id: 1, replaced: true },
  {},
  [{ $set: { computed: { $add: [1, 1] } } }],
];

const seed = 20;
const rounds = 200;

/** What a client sees of an answer, without what differs from one to the next of the same. */
async function answerOf(command: Document, options?: Document): Promise<Document> {
  try {
    const { operationTime, $clusterTime, ...answer } = await database.command(command, options);
    return answer;
  } catch (thrown) {
    const { code, message } = thrown as { code: number; message: string };
    return { code, message };
  }
}

const withoutName = (answer: Document, name: string): string => JSON.stringify(answer).replaceAll(name, 'collection');

describe('by _id and by an equality on it', () => {
  it.each([
    ['plain', undefined],
    ['with a collation', { collation: { locale: 'en', strength: 2 } }],
    ['clustered', { clusteredIndex: { key: { _id: 1 }, unique: true } }],
    ['with a validator', { validator: { count: { $not: { $gt: 3 } } } }],
  ])('a collection %s gives the same answers and ends up the same', async (kind, options) => {
    const randomness = seededRandomness(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(randomness.fraction() * values.length)] as T;
    const chance = (part: number): boolean => randomness.fraction() < part;
    const names = [`short ${kind}`, `general ${kind}`] as const;
    for (const name of names) {
      await database.createCollection(name, options);
      await database.collection(name).createIndex({ unique: 1 }, { unique: true, sparse: true });
      await database.collection(name).createIndex({ list: 1 });
    }
    for (let round = 0; round < rounds; round++) {
      const id = pick(ids);
      const filters = [{ _id: id }, { _id: { $eq: id } }];
      const more = {
        ...(chance(0.3) ? { upsert: true } : {}),
        ...(chance(0.1) ? { multi: true } : {}),
        ...(chance(0.1) ? { arrayFilters: [{ element: 1 }] } : {}),
        ...(chance(0.1) ? { sort: { name: 1 } } : {}),
        ...(chance(0.1) ? { hint: '_id_' } : {}),
      };
      const update = pick(updates);
      const limit = chance(0.9) ? 1 : 0;
      const asked = pick(['update', 'update', 'update', 'find', 'delete', 'insert']);
      const isPattern = id !== null && typeof id === 'object' && ('$gt' in id || id instanceof RegExp);
      // Below $eq an operator or a pattern is a value like any other.
      if (isPattern && asked !== 'insert') continue;
      const answers = await Promise.all(
        names.map(async (name, way) => {
          const filter = filters[way];
          const commands: Record<string, Document> = {
            update: { update: name, updates: [{ q: filter, u: update, ...more }] },
            find: { find: name, filter, limit: 1, singleBatch: true },
            delete: { delete: name, deletes: [{ q: filter, limit }] },
            insert: { insert: name, documents: [{ _id: id, name: 'first', list: [1, 2], count: 0 }] },
          };
          return withoutName(await answerOf(commands[asked] as Document, { promoteValues: false }), name);
        }),
      );
      expect(answers[0], `round ${round}: ${asked} ${JSON.stringify({ id, update, more })}`).toBe(answers[1]);
    }
    const [short, general] = await Promise.all(names.map((name) => database.collection(name).find().toArray()));
    expect(short).toEqual(general);
    expect(short?.length).toBeGreaterThan(5);
  });
});
