import { beforeEach, describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { seededRandomness } from '../clock/randomness.ts';
import { isMongoError } from '../error/mongo-error.ts';
import { ParameterStore } from '../parameter/parameter.ts';
import type { LogicalSessionId, Operation } from '../session/operation.ts';
import type { Cursor } from './cursor.ts';
import { CursorRegistry } from './registry.ts';

function session(letter: string): LogicalSessionId {
  return { id: Buffer.alloc(16, letter), uid: Buffer.alloc(32), key: letter };
}

interface Caller {
  readonly lsid?: LogicalSessionId;
  readonly txnNumber?: bigint;
  readonly user?: string;
}

/** As much of an operation as cursors look at. */
function operation({ lsid, txnNumber, user }: Caller = {}): Operation {
  const partial: Partial<Operation> = {
    id: 7,
    lsid,
    txnNumber,
    mode: txnNumber === undefined ? 'plain' : 'transaction',
    client: {
      id: 1,
      remoteAddress: '127.0.0.1:1',
      localAddress: '127.0.0.1:2',
      metadata: undefined,
      appName: undefined,
      user: user === undefined ? undefined : { name: user, database: 'admin' },
    },
  };
  return partial as Operation;
}

function codeOf(attempt: () => unknown): number | 'ok' {
  try {
    attempt();
    return 'ok';
  } catch (thrown) {
    if (!isMongoError(thrown)) throw thrown;
    return thrown.code;
  }
}

describe('the cursor registry', () => {
  let clock: ManualClock;
  let registry: CursorRegistry;
  let closed: number;
  let interrupted: string[];

  beforeEach(() => {
    clock = new ManualClock();
    closed = 0;
    interrupted = [];
    registry = newRegistry(true);
  });

  function newRegistry(hasOwners: boolean): CursorRegistry {
    return new CursorRegistry({
      clock,
      randomness: seededRandomness(1),
      parameters: new ParameterStore(),
      hasOwners,
      interrupt: (_operation, reason) => interrupted.push(reason),
    });
  }

  it('gives a cursor to whoever knows its number while there is no access control', () => {
    registry = newRegistry(false);
    const cursor = open({ user: 'ada' });
    expect(codeOf(() => registry.pin(cursor.id, 'db.c', operation({ user: 'bob' })))).toBe('ok');
  });

  function open(caller: Caller = {}, isImmortal = false): Cursor {
    const { lsid, txnNumber, client } = operation(caller);
    return registry.register(
      { next: () => ({ documents: [], isLast: true }), close: () => closed++ },
      {
        namespace: 'db.c',
        command: document({ find: 'c' }),
        owner: { lsid, txnNumber, user: client.user, rights: [] },
        isImmortal,
      },
    );
  }

  const getMore = (cursor: Cursor, caller: Caller = {}, namespace = 'db.c') =>
    codeOf(() => registry.pin(cursor.id, namespace, operation(caller)));

  it.each([
    ['made without a session, asked in one', {}, { lsid: session('a') }, 50736],
    ['made in a session, asked without', { lsid: session('a') }, {}, 50737],
    ['made in one session, asked in another', { lsid: session('a') }, { lsid: session('b') }, 50738],
    ['made outside a transaction, asked inside', { lsid: session('a') }, { lsid: session('a'), txnNumber: 1n }, 50739],
    ['made in a transaction, asked outside', { lsid: session('a'), txnNumber: 1n }, { lsid: session('a') }, 50740],
    [
      'made in one transaction, asked in another',
      { lsid: session('a'), txnNumber: 1n },
      { lsid: session('a'), txnNumber: 2n },
      50741,
    ],
    ['of somebody else', { user: 'ada' }, { user: 'bob' }, 13],
    ['its own session', { lsid: session('a') }, { lsid: session('a') }, 'ok'],
  ] as const)('answers a getMore on a cursor %s', (_claim, made, asked, expected) => {
    const cursor = open(made);
    expect(getMore(cursor, asked)).toBe(expected);
    // A refusal leaves the cursor to its rightful session.
    if (expected !== 'ok') expect(getMore(cursor, made)).toBe('ok');
  });

  it('refuses another namespace and a second getMore at once', () => {
    const cursor = open();
    expect(getMore(cursor, {}, 'db.other')).toBe(13);
    expect(getMore(cursor)).toBe('ok');
    expect(getMore(cursor)).toBe(12051);
  });

  it('closes idle cursors without a session after cursorTimeoutMillis, and says why', () => {
    const plain = open();
    const bound = open({ lsid: session('a') });
    const immortal = open({}, true);
    clock.advance(599_999);
    registry.closeIdle();
    expect(registry.counts().open).toBe(3);
    clock.advance(1);
    registry.closeIdle();
    expect(registry.find(plain.id)).toBeUndefined();
    expect(registry.find(bound.id)).toBe(bound);
    expect(registry.find(immortal.id)).toBe(immortal);
    expect(() => registry.pin(plain.id, 'db.c', operation())).toThrow(/idle for more than 600 seconds/);
    expect(registry.counts().timedOut).toBe(1);
  });

  it('closes the cursors of a session that ends, those in use when their getMore is over', () => {
    const lsid = session('a');
    const idle = open({ lsid });
    const busy = open({ lsid });
    const other = open({ lsid: session('b') });
    registry.pin(busy.id, 'db.c', operation({ lsid }));
    expect(registry.killForSession(lsid, 'its session was ended')).toBe(2);
    expect(registry.find(idle.id)).toBeUndefined();
    expect(interrupted).toEqual(['its session was ended']);
    expect(registry.find(busy.id)).toBe(busy);
    registry.unpin(busy, 'more');
    expect(registry.find(busy.id)).toBeUndefined();
    expect(registry.find(other.id)).toBe(other);
    expect(closed).toBe(2);
  });

  it('closes the cursors of one transaction and leaves those of the session', () => {
    const lsid = session('a');
    const inside = open({ lsid, txnNumber: 4n });
    const outside = open({ lsid });
    registry.killForTransaction(lsid, 4n, 'its transaction was committed');
    expect(registry.find(inside.id)).toBeUndefined();
    expect(registry.find(outside.id)).toBe(outside);
    expect([...registry.sessions()]).toEqual([lsid]);
  });
});
