/** A server with access control and a few users, for the tests of who may use what. */
import { createHash } from 'node:crypto';
import { BSON, type ClientSession, type Db, type Document, MongoClient, MongoServerError } from 'mongodb';
import { type RunningServer, startServer } from '../../../src/index.ts';

export const unauthorized = 13;

export class AccessWorld {
  readonly server: RunningServer;
  readonly root: MongoClient;
  readonly #clients: MongoClient[] = [];

  private constructor(server: RunningServer, root: MongoClient) {
    this.server = server;
    this.root = root;
  }

  static async start(): Promise<AccessWorld> {
    const server = await startServer({ storageEngine: 'memory', auth: true, parameters: { enableTestCommands: true } });
    const stranger = await MongoClient.connect(server.uri, { directConnection: true });
    await stranger.db('admin').command({ createUser: 'root', pwd: 'secret', roles: ['root'] });
    await stranger.close();
    return new AccessWorld(server, await MongoClient.connect(server.uri, login('root')));
  }

  get admin(): Db {
    return this.root.db('admin');
  }

  /** Makes a user of `admin` and answers one connection that is logged in. */
  async user(
    name: string,
    ...roles: (string | { readonly role: string; readonly db: string })[]
  ): Promise<MongoClient> {
    await this.admin.command({ createUser: name, pwd: 'secret', roles });
    return this.connect(name);
  }

  async connect(name: string): Promise<MongoClient> {
    const client = await MongoClient.connect(this.server.uri, { ...login(name), maxPoolSize: 2, retryReads: false });
    this.#clients.push(client);
    return client;
  }

  /** A role of `admin` with one privilege. */
  async role(name: string, resource: Document, ...actions: string[]): Promise<string> {
    await this.admin.command({ createRole: name, privileges: [{ resource, actions }], roles: [] });
    return name;
  }

  async stop(): Promise<void> {
    for (const client of [...this.#clients, this.root]) await client.close();
    await this.server.stop();
  }
}

function login(username: string) {
  return { auth: { username, password: 'secret' }, directConnection: true };
}

/** The code that something fails with; 0 when it does not. */
export async function codeOf(work: Promise<unknown>): Promise<number> {
  try {
    await work;
    return 0;
  } catch (error) {
    if (error instanceof MongoServerError && typeof error.code === 'number') return error.code;
    throw error;
  }
}

/** The digest that sessions of a user carry. */
export function uidOf(name: string): BSON.Binary {
  return new BSON.Binary(createHash('sha256').update(name).digest());
}

/** A session of one client that carries whatever name is given. */
export function sessionNamed(client: MongoClient, lsid: Document): ClientSession {
  const session = client.startSession();
  Object.assign(session.serverSession, { id: lsid });
  return session;
}
