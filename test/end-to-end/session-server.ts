/** A server whose sessions are told to it field by field, as no driver would do, and whose time stands still. */
import { deserialize } from 'bson';
import { Binary } from '../../src/bson/scalar.ts';
import { encodeDocument } from '../../src/bson/write.ts';
import { ManualClock, type RunningServer, type ServerOptions, startServer } from '../../src/index.ts';
import { type Fields, WireClient } from '../../src/server/wire-client.fake.ts';
import { logIn } from '../scram-login.ts';

/** A reply as plain JavaScript. */
// biome-ignore lint/suspicious/noExplicitAny: replies are looked into at any depth, and what is not there fails the test
export type Answer = Record<string, any>;

/** SHA-256 of nothing: who owns sessions where nobody has to log in. */
export const nobody = new Binary(
  Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex'),
  Binary.SUBTYPE_DEFAULT,
);

/** The id of a session by a small number. */
export function sessionId(number: number): { readonly id: Binary } {
  const bytes = Buffer.alloc(16, 0x40);
  bytes.writeUInt32BE(number, 0);
  return { id: new Binary(bytes, Binary.SUBTYPE_UUID) };
}

/** One connection. */
export class SessionClient {
  readonly #wire: WireClient;

  constructor(wire: WireClient) {
    this.#wire = wire;
  }

  /** Runs a command, on `admin` where it names no other database. */
  async run(command: Fields): Promise<Answer> {
    const reply = await this.#wire.command({ ...command, $db: command.$db ?? 'admin' });
    return deserialize(encodeDocument(reply), { useBigInt64: true });
  }

  /** The first batch of an aggregation: of a collection, or of none where it is 1. */
  async aggregate(database: string, collection: string | 1, ...pipeline: Fields[]): Promise<Answer[]> {
    const reply = await this.run({ aggregate: collection, pipeline, cursor: { batchSize: 10_000 }, $db: database });
    return reply.cursor?.firstBatch ?? [reply];
  }

  /** `serverStatus.logicalSessionRecordCache`. */
  async cache(): Promise<Answer> {
    return (await this.run({ serverStatus: 1 })).logicalSessionRecordCache;
  }

  /** The documents of `config.system.sessions`. */
  records(): Promise<Answer[]> {
    return this.aggregate('config', 'system.sessions', { $match: {} });
  }

  refresh(): Promise<Answer> {
    return this.run({ refreshLogicalSessionCacheNow: 1 });
  }

  close(): void {
    this.#wire.close();
  }
}

export class SessionServer implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly #server: RunningServer;
  readonly #clients: SessionClient[] = [];

  private constructor(clock: ManualClock, server: RunningServer) {
    this.clock = clock;
    this.#server = server;
  }

  static async start({ parameters, ...options }: ServerOptions = {}): Promise<SessionServer> {
    const clock = new ManualClock();
    const all = { enableTestCommands: true, disableLogicalSessionCacheRefresh: true, ...parameters };
    return new SessionServer(clock, await startServer({ clock, storageEngine: 'memory', ...options, parameters: all }));
  }

  /** A connection, of this user of `admin` whose password is `secret`, or of nobody. */
  async connect(user?: string): Promise<SessionClient> {
    const wire = await WireClient.connect(this.#server.port);
    const client = new SessionClient(wire);
    this.#clients.push(client);
    if (user !== undefined) await logIn(wire, { user, password: 'secret' });
    return client;
  }

  /** A collection `shop.tail` that getMore can wait at, and a cursor at its end; `lsid` opens it. */
  async tail(client: SessionClient, lsid: Fields): Promise<() => Promise<Answer>> {
    await client.run({ create: 'tail', capped: true, size: 4096, $db: 'shop' });
    // The second time it is refused, and wakes nobody.
    await client.run({ insert: 'tail', documents: [{ _id: 1 }], $db: 'shop' });
    const find = { find: 'tail', tailable: true, awaitData: true, lsid, $db: 'shop' };
    const { cursor } = await client.run(find);
    return () => client.run({ getMore: cursor.id, collection: 'tail', maxTimeMS: 3_600_000, lsid, $db: 'shop' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.#server.stop();
  }
}

/** Asks again until the answer is the expected one; each question is a round trip in which the server goes on. */
export async function eventually<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) if ((await ask()) === expected) return;
  throw new TypeError(`it never became ${expected}, it is ${await ask()}`);
}
