import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import type { Value } from '../bson/value.ts';
import { seededRandomness } from '../clock/randomness.ts';
import type { StorageTransaction } from '../storage/engine.ts';
import { FailPoints } from './fail-points.ts';
import { settled } from './session-script.fake.ts';
import { connection, lsid, SessionWorld } from './session-world.fake.ts';

const find = { commandName: 'find', appName: 'app', namespace: 'test.c' };

function armed(mode: Value, data: { readonly [name: string]: Literal } = {}): FailPoints {
  const points = new FailPoints(seededRandomness(1));
  points.configure('failCommand', mode, document({ failCommands: ['find'], errorCode: 7, ...data }));
  return points;
}

function fails(points: FailPoints, times: number): number {
  return Array.from({ length: times }, () => points.beforeCommand(find)).filter((failure) => failure !== undefined)
    .length;
}

describe('failCommand', () => {
  it.each([
    ['alwaysOn', 5],
    ['off', 0],
    [document({ times: 2 }), 2],
    [document({ skip: 2 }), 3],
    [document({ activationProbability: 1 }), 5],
    [document({ activationProbability: 0 }), 0],
  ] as const)('mode %s fails so many of five commands: %d', (mode, expected) => {
    expect(fails(armed(mode), 5)).toBe(expected);
  });

  it('counts only the commands that it means', () => {
    const points = armed(document({ times: 1 }), { appName: 'app', namespace: 'test.c' });
    expect(points.beforeCommand({ ...find, commandName: 'insert' })).toBeUndefined();
    expect(points.beforeCommand({ ...find, appName: 'other' })).toBeUndefined();
    expect(points.beforeCommand({ ...find, namespace: 'test.d' })).toBeUndefined();
    expect(points.beforeCommand(find)?.error?.codeName).toBe('HostNotFound');
    expect(points.failsCommands).toBe(false);
  });

  it('never fails the command that turns it off', () => {
    const points = armed('alwaysOn', { failCommands: ['configureFailPoint'] });
    expect(points.beforeCommand({ ...find, commandName: 'configureFailPoint' })).toBeUndefined();
  });

  it('says how often it was entered', () => {
    const points = armed('alwaysOn');
    fails(points, 3);
    expect(points.configure('failCommand', 'off', undefined)).toBe(3);
  });

  it.each(['sometimes', document({ times: 'x' }), document({ activationProbability: 2 }), 5])(
    'refuses mode %s',
    (mode) => {
      expect(() => armed(mode)).toThrow();
    },
  );

  it('ends the connection without an answer', async () => {
    const world = new SessionWorld();
    const data = document({ failCommands: ['find'], closeConnection: true });
    world.service.configureFailPoint('failCommand', document({ times: 1 }), data);
    expect(await world.run('find', {}, () => true)).toEqual({ kind: 'hangUp' });
    expect(world.service.parts.operations.size).toBe(0);
    expect(await world.codeOf('find', {}, { client: connection(2) })).toBe('ok');
  });

  it('blocks for so long and then lets the command run', async () => {
    const world = new SessionWorld();
    const data = document({ failCommands: ['find'], blockConnection: true, blockTimeMS: 500 });
    world.service.configureFailPoint('failCommand', 'alwaysOn', data);
    let code: string | undefined;
    world.codeOf('find', {}).then((found) => {
      code = found;
    });
    await settled();
    world.clock.advance(499);
    await settled();
    expect(code).toBeUndefined();
    world.clock.advance(1);
    await settled();
    expect(code).toBe('ok');
  });

  it('blocks no longer than maxTimeMS', async () => {
    const world = new SessionWorld();
    const data = document({ failCommands: ['find'], blockConnection: true, blockTimeMS: 500 });
    world.service.configureFailPoint('failCommand', 'alwaysOn', data);
    const code = world.codeOf('find', { maxTimeMS: 50 });
    await settled();
    world.clock.advance(50);
    expect(await code).toBe('MaxTimeMSExpired');
  });

  it('gives a reply a write concern error once', async () => {
    const world = new SessionWorld();
    const data = document({ failCommands: ['insert'], writeConcernError: { code: 91, errmsg: 'x' } });
    world.service.configureFailPoint('failCommand', document({ times: 1 }), data);
    expect(await world.run('insert', {}, () => 1)).toMatchObject({
      writeConcernError: { codeName: 'ShutdownInProgress', details: { writeConcernError: { code: 91, errmsg: 'x' } } },
    });
    expect(await world.run('insert', {}, () => 1)).toMatchObject({ writeConcernError: undefined });
  });
});

describe('onPrimaryTransactionalWrite', () => {
  const put = (world: SessionWorld, txnNumber: bigint) => {
    const group = {
      firstIndex: 0,
      count: 2,
      run: (transaction: StorageTransaction, indexes: readonly number[]) => {
        transaction.write(indexes.map((index) => ({ table: 100, key: `k${index}`, value: Buffer.from('v') })));
        return indexes.map(() => 'ran');
      },
      record: () => ({ kind: 'update' as const }),
      replay: () => 'again',
    };
    return world.run('update', { lsid: lsid('a'), txnNumber }, (operation) => operation.runStatements(group));
  };

  it('ends the connection after the write, which a retry then finds done', async () => {
    const world = new SessionWorld();
    world.service.configureFailPoint('onPrimaryTransactionalWrite', document({ times: 1 }), undefined);
    expect(await put(world, 1n)).toEqual({ kind: 'hangUp' });
    expect(await put(world, 1n)).toMatchObject({ kind: 'reply', reply: ['again', 'again'] });
  });

  it('fails before the second statement, so that a retry finds only the first done', async () => {
    const world = new SessionWorld();
    const data = document({ failBeforeCommitExceptionCode: 1, closeConnection: false });
    world.service.configureFailPoint('onPrimaryTransactionalWrite', document({ skip: 1 }), data);
    expect(await put(world, 1n)).toMatchObject({ kind: 'error', error: { codeName: 'InternalError' } });
    world.service.configureFailPoint('onPrimaryTransactionalWrite', 'off', undefined);
    expect(await put(world, 1n)).toMatchObject({ kind: 'reply', reply: ['again', 'ran'] });
  });
});
