import { describe, expect, it } from 'vitest';
import type { Fields } from '../../src/server/wire-client.fake.ts';
import { type Answer, eventually, nobody, type SessionClient, SessionServer, sessionId } from './session-server.ts';

/** Whoever lies idle or runs in sessions 1, 2 and 3. */
class Victims {
  readonly #clients: readonly SessionClient[];
  readonly #idle: Answer[] = [];
  readonly #running: Promise<Answer>[] = [];

  private constructor(clients: readonly SessionClient[]) {
    this.#clients = clients;
  }

  static async start(server: SessionServer, user?: string): Promise<Victims> {
    const clients = [await server.connect(user), await server.connect(user), await server.connect(user)];
    const victims = new Victims(clients);
    await clients[0]?.run({ insert: 'items', documents: [{}, {}, {}], $db: 'shop' });
    for (const [at, client] of clients.entries()) {
      const lsid = sessionId(at + 1);
      victims.#idle.push((await client.run({ find: 'items', batchSize: 1, lsid, $db: 'shop' })).cursor);
      const wait = await server.tail(client, lsid);
      victims.#running.push(wait());
    }
    return victims;
  }

  /** Whether the getMore that waits in each session goes on; those that were killed have said so. */
  async running(observer: SessionClient): Promise<boolean[]> {
    const shown = await observer.aggregate(
      'admin',
      1,
      { $currentOp: { allUsers: true } },
      { $match: { 'command.getMore': { $gt: 0 } } },
    );
    return [1, 2, 3].map((number) => {
      const { id } = sessionId(number);
      return shown.some(({ lsid }) => Buffer.from(id.buffer).equals(lsid.id.buffer));
    });
  }

  /** The codes that the operations of these sessions ended with. */
  async codes(...numbers: number[]): Promise<unknown[]> {
    return Promise.all(numbers.map(async (number) => (await this.#running[number - 1])?.code));
  }

  /** What each idle cursor still answers. */
  async idle(): Promise<unknown[]> {
    const answers: unknown[] = [];
    for (const [at, client] of this.#clients.entries()) {
      const cursor = this.#idle[at];
      const getMore = { getMore: cursor?.id, collection: 'items', batchSize: 1, lsid: sessionId(at + 1), $db: 'shop' };
      const isBusy = (await Promise.race([this.#running[at], Promise.resolve('busy')])) === 'busy';
      answers.push(isBusy ? 'busy' : ((await client.run(getMore)).code ?? 'ok'));
    }
    return answers;
  }
}

const everything: readonly (readonly [string, Fields])[] = [
  ['killSessions', { killSessions: [] }],
  ['killAllSessions', { killAllSessions: [] }],
  ['killAllSessionsByPattern', { killAllSessionsByPattern: [] }],
  ['killAllSessionsByPattern with an empty pattern', { killAllSessionsByPattern: [{}] }],
];

const two: readonly (readonly [string, Fields])[] = [
  ['killSessions', { killSessions: [1, 2].map((number) => ({ ...sessionId(number), uid: nobody })) }],
  [
    'killAllSessionsByPattern',
    { killAllSessionsByPattern: [1, 2].map((number) => ({ lsid: { ...sessionId(number), uid: nobody } })) },
  ],
];

describe('where nobody logs in', () => {
  for (const [name, command] of everything) {
    it(`${name} kills nothing where there is nothing, and then what runs and what lies idle in all sessions`, async () => {
      await using server = await SessionServer.start();
      const killer = await server.connect();
      expect(await killer.run(command)).toMatchObject({ ok: 1 });
      const victims = await Victims.start(server);
      await eventually(async () => String(await victims.running(killer)), 'true,true,true');
      expect(await killer.run(command)).toMatchObject({ ok: 1 });
      expect(await victims.codes(1, 2, 3)).toEqual([11601, 11601, 11601]);
      expect(await victims.idle()).toEqual([43, 43, 43]);
      expect(await victims.running(killer)).toEqual([false, false, false]);
    });
  }

  for (const [name, command] of two) {
    it(`${name} by id and digest kills the sessions it names and leaves the third`, async () => {
      await using server = await SessionServer.start();
      const killer = await server.connect();
      const victims = await Victims.start(server);
      await eventually(async () => String(await victims.running(killer)), 'true,true,true');
      expect(await killer.run(command)).toMatchObject({ ok: 1 });
      expect(await victims.codes(1, 2)).toEqual([11601, 11601]);
      expect(await victims.running(killer)).toEqual([false, false, true]);
      expect(await victims.idle()).toEqual([43, 43, 'busy']);
    });
  }

  it('a killed session can be used again at once, its transaction is gone, and a drop does not wait for it', async () => {
    await using server = await SessionServer.start();
    const [client, killer] = [await server.connect(), await server.connect()];
    await client.run({ insert: 'items', documents: [{ _id: 1 }], $db: 'shop' });
    const inTransaction = { lsid: sessionId(1), txnNumber: 1n, autocommit: false };
    const insert = { insert: 'items', documents: [{ _id: 2 }], ...inTransaction, startTransaction: true, $db: 'shop' };
    expect(await client.run(insert)).toMatchObject({ ok: 1 });
    const dropped = (await server.connect()).run({ drop: 'items', $db: 'shop' });
    expect(await killer.run({ killSessions: [sessionId(1)] })).toMatchObject({ ok: 1 });
    expect(await dropped).toMatchObject({ ok: 1 });
    const commit = await client.run({ commitTransaction: 1, ...inTransaction });
    expect(commit).toMatchObject({ code: 251, errorLabels: ['TransientTransactionError'] });
    expect(commit.errmsg).toMatch(/killed/);
    expect(await client.run({ find: 'items', lsid: sessionId(1), $db: 'shop' })).toMatchObject({ ok: 1 });
  });

  it('refuses what is no list, and patterns that lack a part', async () => {
    await using server = await SessionServer.start();
    const client = await server.connect();
    for (const [command, code] of [
      [{ killSessions: 1 }, 14],
      [{ killSessions: [{}] }, 40414],
      [{ killAllSessions: {} }, 14],
      [{ killAllSessions: [{ user: 'a' }] }, 40414],
      [{ killAllSessionsByPattern: [{ lsid: sessionId(1) }] }, 40414],
      [{ killAllSessionsByPattern: [{ users: {} }] }, 14],
      [{ killAllSessionsByPattern: [{ other: 1 }] }, 40415],
    ] as const) {
      expect(await client.run(command as Fields)).toMatchObject({ code });
    }
  });
});
