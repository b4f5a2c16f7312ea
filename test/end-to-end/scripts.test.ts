import { type Collection, Long, MongoClient, MongoServerError } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/index.ts';

let server: RunningServer;
let client: MongoClient;
interface Thing {
  _id: number;
  n: number;
  kind: string;
}

let things: Collection<Thing>;

beforeAll(async () => {
  server = await startServer();
  client = await MongoClient.connect(server.uri);
  things = client.db('shop').collection<Thing>('things');
  await things.insertMany(Array.from({ length: 600 }, (_, at) => ({ _id: at, n: at, kind: at % 2 === 0 ? 'a' : 'b' })));
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

async function failureOf(work: Promise<unknown>): Promise<MongoServerError> {
  const outcome = await work.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(MongoServerError);
  return outcome as MongoServerError;
}

function given(body: string, ...args: unknown[]): Promise<unknown> {
  const pipeline = [{ $limit: 1 }, { $project: { _id: 0, value: { $function: { body, args, lang: 'js' } } } }];
  return things
    .aggregate(pipeline, { promoteValues: false })
    .next()
    .then((found) => found?.value);
}

describe('$where', () => {
  it('takes an expression, statements, a function and an arrow function, with this and obj', async () => {
    const texts = [
      'this.n > 597',
      'obj.n > 597;',
      'var least = 597; return this.n > least',
      'function () { return this.n > 597 }',
      '() => obj.n > 597',
    ];
    for (const $where of texts) expect((await things.find({ $where }).toArray()).map(({ n }) => n)).toEqual([598, 599]);
  });

  it('stands beside and inside other conditions, in updates, deletes and across the batches of a cursor', async () => {
    const both = { kind: 'a', $or: [{ $where: 'this.n < 3' }, { n: 598 }] };
    expect((await things.find(both).toArray()).map(({ n }) => n)).toEqual([0, 2, 598]);
    expect(await things.find({ $where: 'this.n % 2 == 1' }).batchSize(7).toArray()).toHaveLength(300);
    const own = client.db('shop').collection('own');
    await own.insertMany([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect((await own.updateMany({ $where: 'this.n > 1' }, { $set: { big: true } })).modifiedCount).toBe(2);
    expect((await own.deleteMany({ $where: 'this.big' })).deletedCount).toBe(2);
  });

  it('is refused in $match, below the top level and as a value that is no code', async () => {
    expect(Number((await failureOf(things.aggregate([{ $match: { $where: 'true' } }]).toArray())).code)).toBe(2);
    expect(Number((await failureOf(things.find({ list: { $elemMatch: { $where: 'true' } } }).toArray())).code)).toBe(2);
    expect(Number((await failureOf(client.db('shop').command({ find: 'things', filter: { $where: 5 } }))).code)).toBe(
      2,
    );
  });
});

describe('$function', () => {
  it('gives numbers as doubles and keeps every other type', async () => {
    expect(await given('function (x) { return x + 1 }', 4)).toMatchObject({ value: 5, _bsontype: 'Double' });
    expect(await given('function () { return NumberLong("9007199254740993") }')).toEqual(
      Long.fromString('9007199254740993'),
    );
    expect(await given('function (d) { return d.list[1].getTime() }', { list: [1, new Date(77)] })).toMatchObject({
      value: 77,
    });
    const kinds = await given('function (a, b) { return [a === null, typeof b, a] }', null, 'x');
    expect(kinds).toEqual([true, 'string', null]);
    expect(await given('function (d) { d.more = 2; return d }', { n: 1 })).toMatchObject({
      n: { _bsontype: 'Int32' },
      more: { _bsontype: 'Double' },
    });
  });

  it('has the functions that the manual lists', async () => {
    expect(await given('function () { return hex_md5("a") }')).toBe('0cc175b9c0f1b6a831c399e269772661');
    expect(await given('function () { return tojson({ a: [1, NumberLong(2)] }) }')).toBe(
      '{\n\t"a" : [\n\t\t1,\n\t\tNumberLong(2)\n\t]\n}',
    );
    expect(await given('function () { return String(UUID("00112233-4455-6677-8899-aabbccddeeff")) }')).toBe(
      'UUID("00112233-4455-6677-8899-aabbccddeeff")',
    );
    expect(await given('function () { sleep(2); return isNumber(1) && Array.sum([1, 2]) == 3 }')).toBe(true);
  });

  it('tells what the function throws, and that its text is no JavaScript', async () => {
    const thrown = await failureOf(given('function () { throw new Error("no") }'));
    expect([Number(thrown.code), thrown.codeName, thrown.message]).toEqual([139, 'JSInterpreterFailure', 'Error: no']);
    expect(Number((await failureOf(given('function ( {'))).code)).toBe(139);
  });

  it('may stand in let, in views and in updates', async () => {
    const twice = (value: unknown) => ({ $function: { body: 'n => n * 2', args: [value], lang: 'js' } });
    const shop = client.db('shop');
    const found = things.find({ $expr: { $eq: ['$n', '$$wanted'] } }, { let: { wanted: twice(4) } });
    expect((await found.toArray()).map(({ n }) => n)).toEqual([8]);
    await shop.createCollection('doubled', { viewOn: 'things', pipeline: [{ $project: { m: twice('$n') } }] });
    expect(await shop.collection<Thing>('doubled').findOne({ m: 10 })).toEqual({ _id: 5, m: 10 });
    await shop.collection<Thing>('changed').insertOne({ _id: 1, n: 21, kind: 'a' });
    await shop.collection<Thing>('changed').updateOne({}, [{ $set: { n: twice('$n') } }]);
    expect(await shop.collection<Thing>('changed').findOne()).toEqual({ _id: 1, n: 42, kind: 'a' });
  });

  it('is refused in a validator', async () => {
    const validator = { $expr: { $function: { body: '() => true', args: [], lang: 'js' } } };
    const failure = await failureOf(client.db('shop').createCollection('strict', { validator }));
    expect(failure.code).toBe(4660801);
  });

  it('keeps nothing from one command to the next', async () => {
    expect(await given('function () { globalThis.kept = 1; Array.prototype.kept = 1; return true }')).toBe(true);
    expect(await given('function () { return typeof kept + typeof [].kept }')).toBe('undefinedundefined');
  });
});

describe('$accumulator', () => {
  const sum = {
    init: 'function (from) { return { sum: from } }',
    initArgs: [10],
    accumulate: 'function (state, n) { state.sum += n; return state }',
    accumulateArgs: ['$n'],
    merge: 'function (left, right) { return { sum: left.sum + right.sum } }',
    finalize: 'function (state) { return state.sum }',
    lang: 'js',
  };

  it('begins with init, takes in every document and ends with finalize', async () => {
    const found = await things
      .aggregate([
        { $match: { n: { $lt: 4 } } },
        { $group: { _id: '$kind', total: { $accumulator: sum } } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    expect(found).toEqual([
      { _id: 'a', total: 12 },
      { _id: 'b', total: 14 },
    ]);
  });

  it('asks for its arguments', async () => {
    const { init, ...others } = sum;
    const failure = await failureOf(things.aggregate([{ $group: { _id: 1, t: { $accumulator: others } } }]).toArray());
    expect([failure.code, failure.message]).toEqual([4544707, "$accumulator missing required argument 'init'"]);
    expect(init).toContain('function');
  });
});

describe('the sandbox', () => {
  it('ends an endless loop when the time of the operation is over, even one that catches everything', async () => {
    const loop = 'while (true) { try { while (true); } catch (error) {} }';
    const failure = await failureOf(things.find({ $where: loop }).maxTimeMS(80).toArray());
    expect(failure.code).toBe(50);
    expect(await things.countDocuments({ n: 1 })).toBe(1);
  });

  it('ends a call that takes longer than its parameter says', async () => {
    const admin = client.db('admin');
    await admin.command({ setParameter: 1, internalQueryJavaScriptFnTimeoutMillis: 50 });
    expect(Number((await failureOf(things.find({ $where: 'while (true);' }).toArray())).code)).toBe(11601);
    await admin.command({ setParameter: 1, internalQueryJavaScriptFnTimeoutMillis: 60_000 });
  });

  it('refuses more memory and depth than there is and goes on', async () => {
    const hog = 'function () { const all = []; while (true) all.push("x".repeat(1000000) + all.length) }';
    expect((await failureOf(given(hog))).message).toContain('out of memory');
    expect((await failureOf(given('function again() { return again() }'))).message).toContain('stack overflow');
    const nested = `function () { return eval('('.repeat(200000) + '1' + ')'.repeat(200000)) }`;
    expect(Number((await failureOf(given(nested))).code)).toBe(139);
    expect(Number((await failureOf(given('function () { const a = []; a.push(a); return a }'))).code)).toBe(139);
    expect(await given('function () { return "well" }')).toBe('well');
  });

  it('has no way to the process around it', async () => {
    const names = ['process', 'require', 'module', 'Buffer', 'fetch', 'WebAssembly', 'setTimeout', 'db'];
    const types = `function (names) { return names.map((name) => eval('typeof ' + name)) }`;
    expect(await given(types, names)).toEqual(names.map(() => 'undefined'));
    const way = `function () { return typeof hex_md5.constructor.constructor('return this')().process }`;
    expect(await given(way)).toBe('undefined');
  });

  it('is not there where the server was told so', async () => {
    const quiet = await startServer({ javascript: false });
    const other = await MongoClient.connect(quiet.uri);
    const none = other.db('shop').collection('things');
    expect(Number((await failureOf(none.find({ $where: 'true' }).toArray())).code)).toBe(2);
    const body = { $function: { body: 'function () {}', args: [], lang: 'js' } };
    expect(Number((await failureOf(none.aggregate([{ $project: { a: body } }]).toArray())).code)).toBe(31264);
    await other.close();
    await quiet.stop();
  });
});
