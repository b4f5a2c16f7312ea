import { describe, expect, it } from 'vitest';
import { document, type Literal } from '../bson/literal.ts';
import { double } from '../bson/scalar.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { seededRandomness } from '../clock/randomness.ts';
import { MongoError } from '../error/mongo-error.ts';
import { ParameterStore } from '../parameter/parameter.ts';
import { MemoryEngine } from '../storage/memory/memory-engine.ts';
import { openAuthority } from './authority.ts';
import type { CommandPolicy } from './command-policy.ts';
import type { ClientConnection } from './operation.ts';
import { SessionService } from './session-service.ts';

const client: ClientConnection = {
  id: 1,
  remoteAddress: '127.0.0.1:50000',
  localAddress: '127.0.0.1:27017',
  metadata: undefined,
  appName: undefined,
  user: undefined,
};

const findPolicy: CommandPolicy = {
  needsLogin: true,
  session: 'allowed',
  transaction: 'allowed',
  isRetryableWrite: false,
  isAdminOnly: false,
  isTestOnly: false,
  readConcernLevels: ['local', 'majority', 'available', 'linearizable', 'snapshot'],
  allowsAfterClusterTime: true,
  allowsWriteConcern: false,
  inStableApi: true,
  privilege: { action: 'find', resource: 'collection' },
};

function newGate() {
  const clock = new ManualClock();
  const engine = new MemoryEngine();
  const { gate } = new SessionService({
    clock,
    randomness: seededRandomness(1),
    parameters: new ParameterStore(),
    engine,
    face: 'replicaSet',
    authority: openAuthority,
  });
  return { clock, engine, gate };
}

function request(name: string, fields: { readonly [name: string]: Literal }) {
  return { name, database: 'test', body: document({ [name]: 'collection', ...fields }), sequence: () => undefined };
}

describe('the gate', () => {
  it('runs a plain command at once and forgets it', () => {
    const { gate } = newGate();
    const outcome = gate.run(request('find', {}), findPolicy, client, (operation) => {
      expect(gate.operations.size).toBe(1);
      return operation.read((transaction) => transaction.get(100, 'a') === undefined);
    });
    expect(outcome).toMatchObject({ kind: 'reply', reply: true });
    expect(gate.operations.size).toBe(0);
  });

  it('answers an error as an outcome with cluster times', () => {
    const { gate } = newGate();
    const outcome = gate.run(request('find', { maxTimeMS: 'x' }), findPolicy, client, () => true);
    if (outcome instanceof Promise || outcome.kind !== 'error') throw new MongoError('InternalError', 'no error');
    expect((outcome.error as MongoError).codeName).toBe('TypeMismatch');
    expect(outcome.trailer.times?.operationTime.high).toBe(Date.UTC(2024, 0, 1) / 1000);
  });

  it.each([
    ['x', 'TypeMismatch'],
    [1.5, 'FailedToParse'],
    [double(1e20), 'FailedToParse'],
    [2n ** 63n - 1n, 'BadValue'],
    [-1, 'BadValue'],
  ] as const)('takes no maxTimeMS of %s', async (maxTimeMS, codeName) => {
    const outcome = await newGate().gate.run(request('find', { maxTimeMS }), findPolicy, client, () => true);
    expect(outcome).toMatchObject({ kind: 'error', error: { codeName } });
  });

  it('runs a write again that lost to an open transaction, once that has ended', async () => {
    const { gate, engine } = newGate();
    const other = engine.begin();
    other.write([{ table: 100, key: 'a', value: Buffer.from('other') }]);
    let runs = 0;
    const pending = gate.run(request('insert', {}), findPolicy, client, (operation) =>
      operation.write((transaction) => {
        runs++;
        transaction.write([{ table: 100, key: 'a', value: Buffer.from('mine') }]);
        return transaction.get(100, 'a');
      }),
    );
    expect(pending).toBeInstanceOf(Promise);
    other.commit('visible');
    expect(await pending).toMatchObject({ kind: 'reply', reply: Buffer.from('mine') });
    expect(runs).toBeGreaterThan(1);
  });

  it('gives up waiting for a conflict at the deadline', async () => {
    const { gate, engine, clock } = newGate();
    const other = engine.begin();
    other.write([{ table: 100, key: 'a', value: Buffer.from('other') }]);
    const pending = gate.run(request('insert', { maxTimeMS: 50 }), findPolicy, client, (operation) =>
      operation.write((transaction) => transaction.write([{ table: 100, key: 'a', value: undefined }])),
    );
    await Promise.resolve();
    clock.advance(60);
    expect(await pending).toMatchObject({ kind: 'error', error: { codeName: 'MaxTimeMSExpired' } });
  });
});
