import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BsonDocument } from '../corpus/value.ts';
import { document, int, string } from '../corpus/value.ts';
import type { Deployment } from '../deployment.ts';
import { errorReply, FakeServer, okReply } from '../fake-server.ts';
import { Expectations } from './expectation.ts';
import type { Suite } from './suite.ts';
import { SuiteRun } from './suite-run.ts';

const suite: Suite = { name: 'planted', folder: 'planted' };
let folder: string;
let server: FakeServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unified-test-'));
  mkdirSync(join(folder, 'planted'));
  server = await FakeServer.start(answer);
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const hello: BsonDocument['entries'] = [
  ['isWritablePrimary', { type: 'bool', value: true }],
  ['helloOk', { type: 'bool', value: true }],
  ['maxBsonObjectSize', int(16_777_216)],
  ['maxMessageSizeBytes', int(48_000_000)],
  ['maxWriteBatchSize', int(100_000)],
  ['minWireVersion', int(0)],
  ['maxWireVersion', int(25)],
];

const versionArray = { type: 'array', items: [int(8), int(2), int(0), int(0)] } as const;

/** Finds one document in every collection, and knows no other command. */
function answer(command: BsonDocument): BsonDocument {
  const [name = ''] = command.entries[0] ?? [];
  switch (name) {
    case 'hello':
    case 'ismaster':
    case 'isMaster':
      return okReply(...hello);
    case 'buildInfo':
      return okReply(['versionArray', versionArray]);
    case 'find':
      return okReply([
        'cursor',
        document([
          ['firstBatch', { type: 'array', items: [document([['_id', int(1)]])] }],
          ['id', { type: 'long', value: 0n }],
          ['ns', string('db.c')],
        ]),
      ]);
    case 'ping':
    case 'getParameter':
    case 'killAllSessions':
    case 'endSessions':
    case 'configureFailPoint':
      return okReply();
    default:
      return errorReply(59, `no such command: ${name}`);
  }
}

const createEntities = [
  { client: { id: 'client0', observeEvents: ['commandStartedEvent'] } },
  { database: { id: 'database0', client: 'client0', databaseName: 'db' } },
  { collection: { id: 'collection0', database: 'database0', collectionName: 'c' } },
];

const find = { name: 'find', object: 'collection0', arguments: { filter: {} } };
const started = (name: string) => ({ client: 'client0', events: [{ commandStartedEvent: { commandName: name } }] });

async function run(tests: object[], more: object = {}) {
  const file = { description: 'planted', schemaVersion: '1.0', createEntities, tests, ...more };
  writeFileSync(join(folder, 'planted', 'file.json'), JSON.stringify(file));
  return runFolder(suite);
}

async function runFolder(chosen: Suite) {
  const deployment: Deployment = {
    uri: server.uri,
    isRunning: true,
    restartCount: 0,
    recover: async () => undefined,
    stop: async () => undefined,
  };
  const suiteRun = new SuiteRun(deployment, {
    specifications: folder,
    suites: [chosen],
    accepts: () => true,
    expectations: new Expectations([{ operation: 'mapReduce', why: 'gone' }]),
  });
  await suiteRun.run();
  return suiteRun.tally;
}

const test = (description: string, operations: object[], more: object = {}) => ({ description, operations, ...more });

describe('the conformance runner', () => {
  it('passes what is as the file expects', async () => {
    const tally = await run([
      test('result', [{ ...find, expectResult: [{ _id: 1 }] }], { expectEvents: [started('find')] }),
      test('error', [
        { name: 'deleteMany', object: 'collection0', arguments: { filter: {} }, expectError: { errorCode: 59 } },
      ]),
      test('outcome', [find], { outcome: [{ databaseName: 'db', collectionName: 'c', documents: [{ _id: 1 }] }] }),
      test('ignored', [{ name: 'dropIndexes', object: 'collection0', ignoreResultAndError: true }]),
      test('nothing', []),
    ]);
    expect(tally.failures).toEqual([]);
    expect(tally.total.passed).toBe(5);
  });

  it.each([
    ['a wrong result', test('a', [{ ...find, expectResult: [{ _id: 2 }] }]), 'find[0]._id'],
    ['a missing error', test('a', [{ ...find, expectError: { isError: true } }]), 'should have failed'],
    ['an unexpected error', test('a', [{ name: 'dropIndexes', object: 'collection0' }]), 'no such command'],
    [
      'a wrong error',
      test('a', [{ name: 'dropIndexes', object: 'collection0', expectError: { errorCode: 1 } }]),
      'code 1',
    ],
    ['a wrong event', test('a', [find], { expectEvents: [started('insert')] }), 'event 0'],
    ['a missing event', test('a', [], { expectEvents: [started('find')] }), 'event 0'],
    [
      'a wrong outcome',
      test('a', [], { outcome: [{ databaseName: 'db', collectionName: 'c', documents: [] }] }),
      'outcome',
    ],
    ['an unknown operation', test('a', [{ name: 'fly', object: 'collection0' }]), 'no operation fly'],
    ['an unknown operation of the runner', test('a', [{ name: 'fly', object: 'testRunner' }]), 'no operation fly'],
    ['an unknown entity', test('a', [{ name: 'find', object: 'collection9' }]), 'no entity'],
    [
      'an entity of another kind',
      test('a', [{ ...find, arguments: { filter: {}, session: 'client0' } }]),
      'not a session',
    ],
    [
      'an unknown assertion',
      test('a', [{ ...find, object: 'collection0', expectResult: [{ _id: { $$near: 1 } }] }]),
      '$$near',
    ],
    ['a loop', test('a', [{ name: 'loop', object: 'testRunner', arguments: { operations: [] } }]), 'loops'],
    [
      'a difference that an expected error would hide',
      test('a', [
        {
          name: 'createEntities',
          object: 'testRunner',
          arguments: { entities: [{ session: { id: 's', client: 'client0' } }] },
        },
        {
          name: 'withTransaction',
          object: 's',
          arguments: { callback: [{ ...find, expectResult: [] }] },
          expectError: { isError: true },
        },
      ]),
      'find: 0 elements',
    ],
  ])('finds %s', async (_, planted, reason) => {
    const tally = await run([planted]);
    expect(tally.total).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(tally.failures[0]?.reason).toContain(reason);
  });

  it('skips with the reason that the file gives, or that we give', async () => {
    const tally = await run([
      test('not here', [], { runOnRequirements: [{ topologies: ['sharded'] }] }),
      test('not yet', [], { skipReason: 'DRIVERS-1' }),
      test('not by us', [{ name: 'mapReduce', object: 'collection0' }]),
    ]);
    expect(tally.skips.map(({ reason }) => reason)).toEqual(['runs only on topology sharded', 'DRIVERS-1', 'gone']);
    expect(tally.total).toEqual({ passed: 0, failed: 0, skipped: 3 });
  });

  it('names a damaged file, counts it as one failure and goes on', async () => {
    writeFileSync(join(folder, 'planted', 'damaged.json'), '{"description": ');
    const tally = await run([test('a', [])]);
    expect(tally.failures[0]).toMatchObject({ id: 'planted/damaged' });
    expect(tally.total).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('wants files that must be refused to be refused', async () => {
    const refusals: Suite = { ...suite, mustBeRefused: true };
    await run([test('fine', [])]);
    expect((await runFolder(refusals)).total).toEqual({ passed: 0, failed: 1, skipped: 0 });
    await run([test('unsupported', [{ name: 'fly', object: 'collection0' }])]);
    expect((await runFolder(refusals)).total).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });
});
