/** One row per rung of the ladder (reference 5.2): each row has the fault of its rung and of a later one, and mends one. */
import { describe, expect, it } from 'vitest';
import type { Literal } from '../bson/literal.ts';
import { Binary, Timestamp } from '../bson/scalar.ts';
import { type Authority, openAuthority } from './authority.ts';
import { connection, type FakeCommand, lsid, SessionWorld } from './session-world.fake.ts';

type Fields = { readonly [name: string]: Literal };

const a = lsid('a');
const someUid = new Binary(Buffer.alloc(32, 1), Binary.SUBTYPE_DEFAULT);
const otherUuid = new Binary(Buffer.alloc(16, 2), Binary.SUBTYPE_UUID);

/** Rung, command, fields, code. In the order of the ladder; most rows carry the fault of the next one too. */
const rows: readonly (readonly [string, FakeCommand, Fields, string])[] = [
  ['parse: a wrong type', 'find', { txnNumber: 1, autocommit: false }, 'TypeMismatch'],
  ['parse: lsid is no document', 'find', { lsid: 5 }, 'TypeMismatch'],
  ['parse: lsid without id', 'find', { lsid: {} }, 'IDLFailedToParse'],
  ['parse: lsid with another field', 'find', { lsid: { ...a, more: 1 } }, 'IDLUnknownField'],
  ['parse: a short UUID', 'find', { lsid: { id: new Binary(Buffer.alloc(8), 4) } }, 'InvalidUUID'],
  ['parse: id of another subtype', 'find', { lsid: { id: new Binary(Buffer.alloc(16), 0) } }, 'TypeMismatch'],
  ['API: strict without version', 'ping', { apiStrict: true, txnNumber: 1n }, 'Location4886600'],
  ['API: unknown version', 'ping', { apiVersion: '2' }, 'APIVersionError'],
  ['API: strict', 'startSession', { apiVersion: '1', apiStrict: true }, 'APIStrictError'],
  [
    'gossip: too far ahead',
    'find',
    { $clusterTime: { clusterTime: new Timestamp({ t: 2 ** 31 - 2, i: 1 }) }, autocommit: true },
    'ClusterTimeFailsRateLimiter',
  ],
  [
    '1: autocommit where no login is needed',
    'ping',
    { lsid: a, autocommit: false, txnNumber: 1n },
    'OperationNotSupportedInTransaction',
  ],
  ['1: txnNumber where no login is needed', 'ping', { txnNumber: 1n }, 'Location50889'],
  [
    '3: txnNumber in lsid without txnUUID',
    'find',
    { lsid: { ...a, txnNumber: 1n }, autocommit: true },
    'InvalidOptions',
  ],
  ['3: a child session', 'find', { lsid: { ...a, txnUUID: otherUuid } }, 'InvalidOptions'],
  ['4: txnNumber without lsid', 'find', { txnNumber: -1n }, 'InvalidOptions'],
  ['6: negative txnNumber', 'count', { lsid: a, txnNumber: -1n, autocommit: false }, 'InvalidOptions'],
  ['7: txnRetryCounter', 'count', { lsid: a, txnNumber: 1n, autocommit: false, txnRetryCounter: 1 }, 'InvalidOptions'],
  ['8: autocommit without txnNumber', 'count', { lsid: a, autocommit: false }, 'InvalidOptions'],
  ['9: autocommit true', 'count', { lsid: a, txnNumber: 1n, autocommit: true }, 'InvalidOptions'],
  [
    '10: startTransaction without autocommit',
    'count',
    { lsid: a, txnNumber: 1n, startTransaction: true },
    'InvalidOptions',
  ],
  [
    '11: startTransaction false',
    'count',
    { lsid: a, txnNumber: 1n, autocommit: false, startTransaction: false },
    'InvalidOptions',
  ],
  [
    '13: not in transactions',
    'count',
    { lsid: a, txnNumber: 1n, autocommit: false, startTransaction: true, readConcern: { level: 'available' } },
    'OperationNotSupportedInTransaction',
  ],
  [
    '14: not retryable',
    'find',
    { lsid: a, txnNumber: 1n, readConcern: { level: 'snapshot' } },
    'NotARetryableWriteCommand',
  ],
  ['14: commit without autocommit', 'commitTransaction', { lsid: a, txnNumber: 1n }, 'NotARetryableWriteCommand'],
  [
    '15: not as the first',
    'killCursors',
    { lsid: a, txnNumber: 1n, autocommit: false, startTransaction: true, writeConcern: {} },
    'OperationNotSupportedInTransaction',
  ],
  [
    '15: commit that starts',
    'commitTransaction',
    { lsid: a, txnNumber: 1n, autocommit: false, startTransaction: true },
    'OperationNotSupportedInTransaction',
  ],
  [
    '18: level not in transactions',
    'find',
    { lsid: a, txnNumber: 1n, autocommit: false, startTransaction: true, readConcern: { level: 'available' } },
    'InvalidOptions',
  ],
  [
    '18: readConcern on a later statement',
    'find',
    { lsid: a, txnNumber: 1n, autocommit: false, readConcern: { level: 'local' } },
    'InvalidOptions',
  ],
  [
    '18: level that the command has not',
    'create',
    { readConcern: { level: 'majority' }, writeConcern: { w: -1 } },
    'InvalidOptions',
  ],
  [
    '18: afterClusterTime that the command has not',
    'startSession',
    { readConcern: { afterClusterTime: new Timestamp({ t: 1, i: 1 }) } },
    'InvalidOptions',
  ],
  [
    '19: writeConcern in a transaction',
    'insert',
    { lsid: a, txnNumber: 9n, autocommit: false, writeConcern: { w: 1 } },
    'InvalidOptions',
  ],
  ['19: writeConcern that the command has not', 'find', { writeConcern: {} }, 'InvalidOptions'],
  ['19: writeConcern that cannot be', 'insert', { writeConcern: { w: -1 } }, 'FailedToParse'],
  ['20: no such transaction', 'find', { lsid: a, txnNumber: 9n, autocommit: false }, 'NoSuchTransaction'],
  [
    '20: a time that has not come',
    'find',
    { readConcern: { afterClusterTime: new Timestamp({ t: 2 ** 31 - 2, i: 1 }) } },
    'InvalidOptions',
  ],
  ['none', 'find', { lsid: a, readConcern: {}, $clusterTime: { clusterTime: new Timestamp({ t: 1, i: 1 }) } }, 'ok'],
  [
    'none: null says nothing',
    'find',
    { lsid: null, txnNumber: null, readConcern: null, writeConcern: null, maxTimeMS: null },
    'ok',
  ],
];

describe('the ladder of a replica set', () => {
  it.each(rows)('%s', async (_rung, command, fields, code) => {
    expect(await new SessionWorld().codeOf(command, fields)).toBe(code);
  });

  it('12: the fail point stands between the fields and their use', async () => {
    const world = new SessionWorld();
    const data = { failCommands: ['count'], errorCode: 7 };
    const { document } = await import('../bson/literal.ts');
    world.service.configureFailPoint('failCommand', 'alwaysOn', document(data));
    expect(await world.codeOf('count', { lsid: a, txnNumber: 1n, autocommit: true })).toBe('InvalidOptions');
    expect(await world.codeOf('count', { lsid: a, txnNumber: 1n, autocommit: false })).toBe('HostNotFound');
  });

  it.each(['local', 'config'])('13: no transaction in database %s', async (database) => {
    const fields = { lsid: a, txnNumber: 1n, autocommit: false, startTransaction: true };
    expect(await new SessionWorld().codeOf('insert', fields, { database })).toBe('OperationNotSupportedInTransaction');
  });

  it('a command that is refused has made its session all the same', async () => {
    const world = new SessionWorld();
    await world.codeOf('find', { lsid: a, txnNumber: 1n, autocommit: true });
    expect([...world.service.localSessions()]).toHaveLength(1);
  });
});

describe('the ladder of a standalone', () => {
  const standalone = (): SessionWorld => new SessionWorld({ face: 'standalone' });

  it('5: has no transaction numbers, and says so in the words that drivers look for', async () => {
    const outcome = await standalone().run('insert', { lsid: a, txnNumber: -1n }, () => true);
    expect(outcome).toMatchObject({
      kind: 'error',
      error: { codeName: 'IllegalOperation' },
      trailer: { times: undefined },
    });
    expect(outcome.kind === 'error' && String(outcome.error)).toContain('Transaction numbers');
  });

  it.each([
    [{ readConcern: { afterClusterTime: new Timestamp({ t: 1, i: 1 }) } }, 'IllegalOperation'],
    [{ readConcern: { level: 'snapshot', atClusterTime: new Timestamp({ t: 1, i: 1 }) } }, 'IllegalOperation'],
    [{ readConcern: { level: 'snapshot' } }, 'NotAReplicaSet'],
    [{ readConcern: { level: 'linearizable' } }, 'NotAReplicaSet'],
    [{ readConcern: { level: 'majority' } }, 'ok'],
    [{ lsid: a, $clusterTime: { clusterTime: new Timestamp({ t: 2 ** 31 - 2, i: 1 }) } }, 'ok'],
  ])('18: %j is %s', async (fields, code) => {
    expect(await standalone().codeOf('find', fields)).toBe(code);
  });

  it('19: has nobody to wait for', async () => {
    expect(await standalone().codeOf('insert', { writeConcern: { w: 2 } })).toBe('BadValue');
    expect(await standalone().codeOf('insert', { writeConcern: { w: 'majority' } })).toBe('ok');
  });
});

describe('the ladder with access control', () => {
  const authority = (rights: readonly string[] = []): Authority => ({
    ...openAuthority,
    isEnforced: true,
    isAuthorized: (_client, action) => rights.includes(action),
  });
  const simple = connection(2, { name: 'simple', database: 'admin' });

  it('2: without a user an lsid is refused, or ignored where no login is needed', async () => {
    const world = new SessionWorld({ authority: authority() });
    expect(await world.codeOf('find', { lsid: a })).toBe('Unauthorized');
    expect(await world.codeOf('ping', { lsid: a })).toBe('ok');
    expect([...world.service.localSessions()]).toHaveLength(0);
  });

  it('2: under the localhost exception all session fields are ignored', async () => {
    const world = new SessionWorld({ authority: { ...authority(), hasLocalhostException: () => true } });
    expect(await world.codeOf('insert', { lsid: a, txnNumber: -1n })).toBe('ok');
  });

  it('3: the uid of another needs impersonate', async () => {
    const foreign = { lsid: { ...a, uid: someUid } };
    expect(await new SessionWorld({ authority: authority() }).codeOf('find', foreign, { client: simple })).toBe(
      'Unauthorized',
    );
    const privileged = new SessionWorld({ authority: authority(['impersonate']) });
    expect(await privileged.codeOf('find', foreign, { client: simple })).toBe('ok');
  });

  it('3: who has a name of 10,000 bytes cannot use sessions, but everything else', async () => {
    const world = new SessionWorld({ authority: authority() });
    const long = { client: connection(3, { name: 'x'.repeat(10_000 - '@$external'.length), database: '$external' }) };
    expect(await world.codeOf('find', { lsid: a }, long)).toBe('BadValue');
    expect(await world.codeOf('find', {}, long)).toBe('ok');
    expect(await world.codeOf('ping', {}, long)).toBe('ok');
    const fitting = { client: connection(4, { name: 'x'.repeat(9_999 - '@$external'.length), database: '$external' }) };
    expect(await world.codeOf('find', { lsid: a }, fitting)).toBe('ok');
  });

  it('3: the own uid may be spelled out', async () => {
    const world = new SessionWorld({ authority: authority() });
    await world.codeOf('find', { lsid: a }, { client: simple });
    const [[id] = []] = [...world.service.localSessions()];
    expect(await world.codeOf('find', { lsid: id?.toDocument() }, { client: simple })).toBe('ok');
    expect([...world.service.localSessions()]).toHaveLength(1);
  });

  it('3: a full cache takes no new session but an administrator', async () => {
    const options = { authority: authority(['killAnySession']), parameters: { maxSessions: 1 } };
    const world = new SessionWorld(options);
    const plain = new SessionWorld({ ...options, authority: authority() });
    for (const [here, code] of [
      [world, 'ok'],
      [plain, 'TooManyLogicalSessions'],
    ] as const) {
      expect(await here.codeOf('find', { lsid: a }, { client: simple })).toBe('ok');
      expect(await here.codeOf('find', { lsid: lsid('b') }, { client: simple })).toBe(code);
      expect(await here.codeOf('find', { lsid: a }, { client: simple })).toBe('ok');
    }
  });

  it('3: a user takes no more sessions than each may have, until the next refresh', async () => {
    const world = new SessionWorld({ authority: authority(), parameters: { maxSessionsPerUser: 1 } });
    expect(await world.codeOf('find', { lsid: a }, { client: simple })).toBe('ok');
    expect(await world.codeOf('find', { lsid: lsid('b') }, { client: simple })).toBe('TooManyLogicalSessions');
    expect(await world.codeOf('find', { lsid: a }, { client: simple })).toBe('ok');
    await world.service.refreshNow();
    expect(await world.codeOf('find', { lsid: lsid('b') }, { client: simple })).toBe('ok');
  });

  it('16: login comes after the transaction rungs', async () => {
    const world = new SessionWorld({ authority: authority() });
    expect(await world.codeOf('find', {})).toBe('Unauthorized');
    expect(await world.codeOf('find', { readConcern: { level: 'snapshot' } })).toBe('Unauthorized');
  });
});
