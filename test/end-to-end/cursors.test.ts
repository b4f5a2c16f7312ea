import { Long, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, type RunningServer, startServer } from '../../src/index.ts';

let clock: ManualClock;
let server: RunningServer;
let client: MongoClient;

beforeAll(async () => {
  clock = new ManualClock();
  server = await startServer({ storageEngine: 'memory', clock, parameters: { enableTestCommands: true } });
  client = await MongoClient.connect(server.uri);
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

beforeEach(() => client.db('test').dropDatabase());

interface CursorReply {
  readonly cursor: { readonly id: Long; readonly firstBatch?: unknown[]; readonly nextBatch?: unknown[] };
}

/** Runs a command that answers with a cursor; how many documents came, and the cursor where one stays open. */
async function run(command: Record<string, unknown>): Promise<{ count: number; id: Long | undefined }> {
  const cursor: CursorReply['cursor'] = (await client.db('test').command(command)).cursor;
  const id = Long.fromValue(cursor.id);
  return { count: (cursor.firstBatch ?? cursor.nextBatch ?? []).length, id: id.isZero() ? undefined : id };
}

async function insert(collection: string, count: number): Promise<void> {
  await client
    .db('test')
    .collection<{ _id: number }>(collection)
    .insertMany(Array.from({ length: count }, (_, index) => ({ _id: index })));
}

describe('a cursor', () => {
  it.each([
    ['a collection scan', { find: 'items', batchSize: 3 }, true],
    ['an index scan', { find: 'items', filter: { _id: { $gte: 0 } }, batchSize: 3 }, true],
    ['a pipeline', { aggregate: 'items', pipeline: [{ $match: {} }], cursor: { batchSize: 3 } }, true],
    ['a limit that is reached', { find: 'items', limit: 3, batchSize: 3 }, false],
    ['a sort in memory', { find: 'items', sort: { x: 1 }, batchSize: 3 }, false],
    ['one document by _id', { find: 'items', filter: { _id: 1 }, batchSize: 1 }, false],
  ] as const)('of %s stays open behind a full batch unless it knows its end: %j', async (_what, command, isOpen) => {
    await insert('items', 3);
    const first = await run(command);
    expect(first.id !== undefined).toBe(isOpen);
    if (first.id === undefined) return;
    expect(await run({ getMore: first.id, collection: 'items' })).toEqual({ count: 0, id: undefined });
  });

  it('that tails a capped collection heeds skip and limit, and ends with the limit', async () => {
    const capped = await client.db('test').createCollection<{ _id: number }>('log', { capped: true, size: 4096 });
    await insert('log', 3);
    expect(await run({ find: 'log', tailable: true, skip: 1, limit: 2 })).toEqual({ count: 2, id: undefined });
    const first = await run({ find: 'log', tailable: true, skip: 2, limit: 2 });
    expect(first.count).toBe(1);
    await capped.insertMany([{ _id: 3 }, { _id: 4 }]);
    expect(await run({ getMore: first.id, collection: 'log' })).toEqual({ count: 1, id: undefined });
  });

  it('that is killed while it awaits data ends the getMore that waits, and says so', async () => {
    await client.db('test').createCollection('log', { capped: true, size: 4096 });
    await insert('log', 1);
    const { id } = await run({ find: 'log', tailable: true, awaitData: true });
    const waiting = run({ getMore: id, collection: 'log', maxTimeMS: 60_000 });
    const ended = expect(waiting).rejects.toMatchObject({ code: 237, codeName: 'CursorKilled' });
    const isAwaited = async (): Promise<boolean> => {
      const { inprog } = await client.db('admin').command({ currentOp: 1, op: 'getmore' });
      return inprog.length > 0;
    };
    while (!(await isAwaited()));
    await client.db('test').command({ killCursors: 'log', cursors: [id] });
    await ended;
    await expect(run({ getMore: id, collection: 'log' })).rejects.toMatchObject({ code: 43 });
  });

  it('may take no longer in all than the maxTimeMS of its find', async () => {
    await insert('items', 10);
    const { id } = await run({ find: 'items', batchSize: 2, maxTimeMS: 1000 });
    clock.advance(999_000);
    expect(await run({ getMore: id, collection: 'items', batchSize: 2 })).toEqual({ count: 2, id });
    const admin = client.db('admin');
    await admin.command({ configureFailPoint: 'maxTimeAlwaysTimeOut', mode: { times: 1 } });
    await expect(run({ getMore: id, collection: 'items', batchSize: 2 })).rejects.toMatchObject({ code: 50 });
  });
});

describe('fail points for time limits', () => {
  it('end what has a maxTimeMS at once, or let nothing end', async () => {
    await insert('items', 1);
    const admin = client.db('admin');
    await admin.command({ configureFailPoint: 'maxTimeAlwaysTimeOut', mode: 'alwaysOn' });
    await expect(run({ find: 'items', maxTimeMS: 60_000 })).rejects.toMatchObject({ code: 50 });
    expect((await run({ find: 'items' })).count).toBe(1);
    await admin.command({ configureFailPoint: 'maxTimeAlwaysTimeOut', mode: 'off' });
    expect((await run({ find: 'items', maxTimeMS: 60_000 })).count).toBe(1);
  });
});

describe('a write concern that cannot be met', () => {
  it('is told beside the error of a write that failed', async () => {
    await insert('one', 1);
    await insert('two', 1);
    const attempt = client
      .db('admin')
      .command({ renameCollection: 'test.one', to: 'test.two', writeConcern: { w: 2 } });
    await expect(attempt).rejects.toMatchObject({
      code: 48,
      errorResponse: { writeConcernError: { code: 100, codeName: 'UnsatisfiableWriteConcern' } },
    });
  });
});
