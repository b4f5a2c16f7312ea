import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { Binary } from '../bson/scalar.ts';
import type { BsonDocument } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import { type Authority, openAuthority } from './authority.ts';
import type { LiveOperation } from './live-operation.ts';
import { noOwner, ownerNamed, SessionId } from './logical-session-id.ts';
import type { ClientConnection } from './operation.ts';
import { connection, lsid, SessionWorld } from './session-world.fake.ts';

const simple = connection(2, { name: 'simple', database: 'admin' });
const root = connection(3, { name: 'root', database: 'admin' });

/** `root` may do everything, everybody else nothing that needs a right. */
const authority: Authority = {
  ...openAuthority,
  isEnforced: true,
  isAuthorized: (client) => client.user?.name === 'root',
};

async function call(
  world: SessionWorld,
  client: ClientConnection,
  action: (operation: LiveOperation) => unknown,
): Promise<string> {
  const outcome = await world.run('killSessions', {}, action, { client });
  if (outcome.kind === 'error')
    return outcome.error instanceof MongoError ? outcome.error.codeName : String(outcome.error);
  return 'ok';
}

describe('startSession', () => {
  it('makes a version 4 UUID that no other session has, and tells the timeout', async () => {
    const world = new SessionWorld();
    const ids = new Set<string>();
    for (let count = 0; count < 50; count++) {
      const outcome = await world.run('startSession', {}, (operation) => world.service.startSession(operation));
      if (outcome.kind !== 'reply') throw outcome;
      expect(outcome.reply.timeoutMinutes).toBe(30);
      expect(outcome.reply.id.buffer[6]).toSatisfy((byte: number) => byte >> 4 === 4);
      ids.add(outcome.reply.id.toString('hex'));
    }
    expect(ids.size).toBe(50);
    expect(world.service.cacheStatistics().get('activeSessionsCount')).toBe(50);
  });

  it('needs a user where access control is on', async () => {
    const world = new SessionWorld({ authority: { ...authority, hasLocalhostException: () => true } });
    expect(await call(world, connection(9), (operation) => world.service.startSession(operation))).toBe('Unauthorized');
    expect(await call(world, simple, (operation) => world.service.startSession(operation))).toBe('ok');
  });
});

describe('refreshSessions', () => {
  it('adds what fits and fails at the first that does not', async () => {
    const world = new SessionWorld({ parameters: { maxSessions: 3 } });
    const four = ['a', 'b', 'c', 'd'].map((letter) => document(lsid(letter)));
    expect(
      await call(world, world.client, (operation) =>
        world.service.refreshSessions(operation, [...four.slice(0, 3), ...four.slice(0, 3)]),
      ),
    ).toBe('ok');
    expect(await call(world, world.client, (operation) => world.service.refreshSessions(operation, four))).toBe(
      'TooManyLogicalSessions',
    );
    await world.service.refreshNow();
    expect(world.records.sessions.documents.size).toBe(3);
  });

  it('stamps only one’s own sessions', async () => {
    const world = new SessionWorld({ authority });
    const others = document({ ...lsid('a'), uid: new Binary(noOwner.uid, Binary.SUBTYPE_DEFAULT) });
    expect(await call(world, simple, (operation) => world.service.refreshSessions(operation, [others]))).toBe(
      'Unauthorized',
    );
    expect(await call(world, root, (operation) => world.service.refreshSessions(operation, [others]))).toBe('ok');
  });
});

describe('the kill family', () => {
  const openTransaction = (world: SessionWorld, client: ClientConnection): Promise<string> =>
    world.codeOf('find', { lsid: lsid('a'), txnNumber: 1n, autocommit: false, startTransaction: true }, { client });
  const isOpen = async (world: SessionWorld, client: ClientConnection): Promise<boolean> =>
    (await world.codeOf('find', { lsid: lsid('a'), txnNumber: 1n, autocommit: false }, { client })) === 'ok';

  it('without names kills one’s own sessions only', async () => {
    const world = new SessionWorld({ authority });
    await openTransaction(world, simple);
    await openTransaction(world, root);
    expect(await call(world, simple, (operation) => world.service.killSessions(operation, []))).toBe('ok');
    expect([await isOpen(world, simple), await isOpen(world, root)]).toEqual([false, true]);
  });

  it('kills by user name, by digest, by session and everything', async () => {
    for (const kill of [
      (world: SessionWorld) => (operation: LiveOperation) =>
        world.service.killAllSessions(operation, [{ user: 'simple', db: 'admin' }]),
      (world: SessionWorld) => (operation: LiveOperation) =>
        world.service.killAllSessionsByPattern(operation, [
          { lsid: undefined, uid: ownerNamed('simple', 'admin').uid },
        ]),
      (world: SessionWorld) => (operation: LiveOperation) =>
        world.service.killAllSessionsByPattern(operation, [
          { lsid: { id: Buffer.alloc(16, 'a'), uid: ownerNamed('simple', 'admin').uid }, uid: undefined },
        ]),
    ]) {
      const world = new SessionWorld({ authority });
      await openTransaction(world, simple);
      await openTransaction(world, root);
      expect(await call(world, root, kill(world))).toBe('ok');
      expect([await isOpen(world, simple), await isOpen(world, root)]).toEqual([false, true]);
    }
    const world = new SessionWorld({ authority });
    await openTransaction(world, simple);
    await call(world, root, (operation) =>
      world.service.killAllSessionsByPattern(operation, [{ lsid: undefined, uid: undefined }]),
    );
    expect(await isOpen(world, simple)).toBe(false);
  });

  it('needs impersonate for patterns with users or roles, even empty ones', async () => {
    const world = new SessionWorld({ authority });
    const pattern = { lsid: undefined, uid: undefined, users: [] };
    const kill = (operation: LiveOperation): void => world.service.killAllSessionsByPattern(operation, [pattern]);
    expect(await call(world, simple, kill)).toBe('Unauthorized');
    expect(await call(world, root, kill)).toBe('ok');
  });

  it('says in the error who did it', async () => {
    const world = new SessionWorld({ authority });
    await openTransaction(world, simple);
    await call(world, root, (operation) => world.service.killAllSessions(operation, []));
    const outcome = await world.run('find', { lsid: lsid('a'), txnNumber: 1n, autocommit: false }, () => 1, {
      client: simple,
    });
    expect(String(outcome.kind === 'error' && outcome.error)).toContain('killed by root@admin at 2024-01-01');
  });
});

describe('listing', () => {
  it('shows one’s own sessions without a right, those of others with it', async () => {
    const world = new SessionWorld({ authority });
    await world.codeOf('find', { lsid: lsid('a') }, { client: simple });
    await world.codeOf('find', { lsid: lsid('b') }, { client: root });
    const list = (client: ClientConnection, allUsers: boolean, users: { user: string; db: string }[] = []) => {
      let shown = 0;
      return call(world, client, (operation) => {
        const owners = world.service.listedOwners(operation, { allUsers, users });
        shown = [...world.service.listLocalSessions(owners, false)].length;
      }).then((code) => (code === 'ok' ? shown : code));
    };
    expect(await list(simple, false)).toBe(1);
    expect(await list(simple, false, [{ user: 'simple', db: 'admin' }])).toBe(1);
    expect(await list(simple, true)).toBe('Unauthorized');
    expect(await list(simple, false, [{ user: 'root', db: 'admin' }])).toBe('Unauthorized');
    expect(await list(root, true)).toBe(2);
    expect(await list(root, true, [{ user: 'root', db: 'admin' }])).toBe('UnsupportedFormat');
  });

  it('shows idle transactions and counts them', async () => {
    const world = new SessionWorld();
    await world.codeOf('find', { lsid: lsid('a'), txnNumber: 4n, autocommit: false, startTransaction: true });
    world.clock.advance(1500);
    const [idle] = world.service.idleTransactions(() => true);
    const transaction = idle?.get('transaction') as BsonDocument;
    expect(idle?.get('desc')).toBe('inactive transaction');
    expect(transaction.get('timeInactiveMicros')).toBe(1_500_000n);
    expect((transaction.get('parameters') as BsonDocument).get('txnNumber')).toBe(4n);
    expect(world.service.transactionStatistics().get('currentInactive')).toBe(1n);
  });
});

describe('operations', () => {
  it('is interrupted by killOp', async () => {
    const world = new SessionWorld();
    const pending = world.run('find', {}, (operation) => operation.wait(new Promise(() => undefined)));
    const [victim] = [...world.service.parts.operations.running()];
    expect(
      await call(world, world.client, (operation) => world.service.killOperation(operation, victim?.id ?? 0)),
    ).toBe('ok');
    expect(await pending).toMatchObject({ kind: 'error', error: { codeName: 'Interrupted' } });
  });

  it.each(['plain', 'transaction'])('run their actions after the commit, and let go at the end (%s)', async (mode) => {
    const world = new SessionWorld();
    const said: string[] = [];
    const fields =
      mode === 'plain' ? {} : { lsid: lsid('a'), txnNumber: 1n, autocommit: false, startTransaction: true };
    await world.run('insert', fields, (operation) => {
      operation.onRelease(() => said.push('released'));
      return operation.write((transaction) => {
        operation.afterCommit(() => said.push('visible'));
        transaction.write([{ table: 100, key: 'k', value: Buffer.from('v') }]);
        said.push('wrote');
      });
    });
    if (mode === 'transaction') {
      expect(said).toEqual(['wrote']);
      const commit = { lsid: lsid('a'), txnNumber: 1n, autocommit: false };
      await world.run('commitTransaction', commit, (operation) => world.service.commitTransaction(operation));
    }
    expect(said).toEqual(['wrote', 'visible', 'released']);
  });

  it('drop their actions when the transaction is aborted', async () => {
    const world = new SessionWorld();
    const said: string[] = [];
    const fields = { lsid: lsid('a'), txnNumber: 1n, autocommit: false, startTransaction: true };
    await world.run('insert', fields, (operation) => {
      operation.onRelease(() => said.push('released'));
      operation.afterCommit(() => said.push('visible'));
      throw new MongoError('DuplicateKey', 'again');
    });
    expect(said).toEqual(['released']);
  });

  it('may not write more in a transaction than the limit', async () => {
    const world = new SessionWorld();
    const half = Buffer.alloc(limits.transactionBytes / 2 + 1);
    const put = (key: string, fields: object) =>
      world.run('insert', { lsid: lsid('a'), txnNumber: 1n, autocommit: false, ...fields }, (operation) =>
        operation.write((transaction) => transaction.write([{ table: 100, key, value: half }])),
      );
    expect(await put('a', { startTransaction: true })).toMatchObject({ kind: 'reply' });
    expect(await put('b', {})).toMatchObject({ kind: 'error', error: { codeName: 'TransactionTooLarge' } });
  });

  it.each([
    [{ w: 2 }, 'UnsatisfiableWriteConcern'],
    [{ w: 'myTag' }, 'UnknownReplWriteConcern'],
    [{ w: 1 }, undefined],
    [{ w: 'majority', wtimeout: 1 }, undefined],
  ])('with write concern %j get %s beside their reply', async (writeConcern, codeName) => {
    const outcome = await new SessionWorld().run('insert', { writeConcern }, () => ({ n: 1 }));
    expect(outcome.kind === 'reply' && outcome.writeConcernError?.codeName).toBe(codeName);
  });
});

describe('config.transactions', () => {
  const write = (world: SessionWorld, letter: string, txnNumber: bigint, kind: 'insert' | 'update' = 'insert') =>
    world.run('insert', { lsid: lsid(letter), txnNumber }, (operation) =>
      operation.runStatements({
        firstIndex: 0,
        count: 1,
        run: (transaction) => {
          transaction.write([{ table: 100, key: letter, value: Buffer.from('v') }]);
          return ['ran'];
        },
        record: () =>
          kind === 'insert' ? { kind } : { kind, image: { kind: 'preImage', document: document({ before: 1 }) } },
        replay: () => 'again',
      }),
    );

  it('is made when somebody looks, with MongoDB’s fields', async () => {
    const world = new SessionWorld();
    await write(world, 'a', 7n, 'update');
    expect(world.records.transactions.documents.size).toBe(0);
    await lookAt(world, 'transactions');
    const [shown] = [...world.records.transactions.documents.values()];
    expect([...(shown?.keys() ?? [])]).toEqual(['_id', 'txnNum', 'lastWriteOpTime', 'lastWriteDate']);
    expect(shown?.get('txnNum')).toBe(7n);
    const [image] = [...world.records.images.documents.values()];
    expect([...(image?.keys() ?? [])]).toEqual(['_id', 'txnNum', 'ts', 'imageKind', 'image', 'invalidated']);
  });

  it('takes the history of a removed document along, and of no other', async () => {
    const world = new SessionWorld();
    await write(world, 'a', 1n);
    await write(world, 'b', 1n);
    const id = SessionId.read(Buffer.alloc(16, 'a'), 0, noOwner);
    await lookAt(world, 'transactions', 'update', () => {
      world.records.transactions.remove([id.toDocument()]);
    });
    const outcomes = [await write(world, 'a', 1n), await write(world, 'b', 1n)];
    expect(outcomes.map((outcome) => outcome.kind === 'reply' && outcome.reply[0])).toEqual(['ran', 'again']);
  });

  it('is not written from within a session', async () => {
    const world = new SessionWorld();
    expect(await lookAt(world, 'transactions', 'update', () => 1, { lsid: lsid('a') })).toBe('Location40528');
  });

  async function lookAt(
    world: SessionWorld,
    collection: string,
    name: 'find' | 'update' = 'find',
    work: () => unknown = () => 1,
    fields: Parameters<SessionWorld['run']>[1] = {},
  ): Promise<string> {
    const outcome = await world.run(name, { ...fields, [name]: collection }, work, { database: 'config' });
    return outcome.kind === 'error' && outcome.error instanceof MongoError ? outcome.error.codeName : outcome.kind;
  }
});
