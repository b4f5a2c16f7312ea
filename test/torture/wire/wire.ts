/**
 * Broken, hostile and senseless messages from many connections at once, beside one client that behaves: it must be served
 * rightly all the time, and when the attackers are gone, memory, connections, cursors and transactions must be too.
 */
import { CertificateAuthority } from '../../../src/auth/certificate.fake.ts';
import type { WireClient } from '../../../src/server/wire-client.fake.ts';
import { logIn as logInRaw, type ScramUser } from '../../scram-login.ts';
import { Connection, numberOf, print } from '../connection.ts';
import { Random } from '../random.ts';
import { type Counts, type Effort, type Findings, pause, type Torture } from '../torture.ts';
import { Victim } from '../victim.ts';
import { type AttackContext, attack } from './attack.ts';

const attackers = 6;
/** The attacks of the first seconds fill caches that stay filled; memory is compared with what they leave. */
const warmUpMs = 4000;
/**
 * What grows without a leak: code that V8 compiles for functions as they come to run often, 4 MB in the first minute and 7 MB in
 * two, and up to 1 MB of recorded changes. Two kilobytes left over from each connection make 40 MB in a minute.
 */
const spareBytes = 12 * 1024 * 1024;

export const wire: Torture = {
  name: 'wire',
  what: 'random, truncated, oversized and mutated messages beside a client that must be served all the time',
  defaultSeconds: 120,
  run: (effort) => runWire(effort, { options: [] }),
};

export const wireAuth: Torture = {
  name: 'wire-auth',
  what: 'as wire, against a server that asks for a login: some attackers have one, the client that behaves too',
  defaultSeconds: 120,
  run: (effort) =>
    runWire(effort, {
      logins: { owner: { user: 'owner', password: 'o' }, attacker: { user: 'attacker', password: 'a' } },
      options: ['--auth'],
    }),
};

export const wireTls: Torture = {
  name: 'wire-tls',
  what: 'as wire-auth, with TLS: half of the attackers come encrypted, the client that behaves does',
  defaultSeconds: 120,
  async run(effort) {
    const authority = await CertificateAuthority.create();
    try {
      const { file } = await authority.issue({ subject: 'CN=server' });
      return await runWire(effort, {
        logins: { owner: { user: 'owner', password: 'o' }, attacker: { user: 'attacker', password: 'a' } },
        authority: authority.certificate.toString('pem'),
        options: ['--auth', '--tlsMode', 'preferTLS', '--tlsCertificateKeyFile', file],
      });
    } finally {
      await authority.close();
    }
  },
};

/** How the server is guarded. */
interface Guards {
  readonly logins?: Logins;
  /** PEM of the authority of its certificate, where it speaks TLS. */
  readonly authority?: string;
  /** Words of its command line. */
  readonly options: readonly string[];
}

/** Who can log in: somebody who may do everything, and somebody who may do what attackers try. */
interface Logins {
  readonly owner: ScramUser;
  readonly attacker: ScramUser;
}

async function runWire(effort: Effort, { logins, authority, options }: Guards): Promise<Counts> {
  const { findings } = effort;
  const parameters = {
    scramSHA256IterationCount: 5000,
    authFailedDelayMs: 0,
    cursorTimeoutMillis: 500,
    clientCursorMonitorFrequencySecs: 1,
    transactionLifetimeLimitSeconds: 2,
    logicalSessionRefreshMillis: 1000,
    // A stream that an attacker opens has every later change recorded; the record is bounded by this.
    changeStreamHistoryMegabytes: 1,
  };
  const server = new Victim({ findings, parameters, options });
  const port = await server.ready();
  if (port === undefined) return {};
  const counts: Record<string, number> = {};
  if (logins !== undefined) await makeUsers(port, logins);
  const open = (): Promise<Connection | undefined> => openAs(port, logins?.owner, authority);
  await loadSandbox(open);
  const neighbour = new Neighbour(findings);
  const served = neighbour.work(open);
  const random = new Random(effort.seed);
  const logIn = logins && ((client: WireClient) => logInRaw(client, logins.attacker));
  const contexts = Array.from({ length: attackers }, () => {
    return { port, random: random.fork(), findings, counts, logIn, authority };
  });
  await attackFor(contexts, Math.min(warmUpMs, effort.seconds * 300), server);
  const beforeBytes = await settled(server, open, findings);
  await attackFor(contexts, effort.seconds * 1000, server);
  const afterBytes = await settled(server, open, findings);
  const grownBytes = afterBytes - beforeBytes;
  findings.check(
    grownBytes < spareBytes,
    () => `memory grew by ${grownBytes} bytes, from ${beforeBytes} to ${afterBytes}`,
  );
  neighbour.stop();
  await served;
  await server.stop();
  const grownKilobytes = Math.round(grownBytes / 1024);
  return { ...counts, served: neighbour.served, slowestMs: Math.round(neighbour.slowestMs), grownKilobytes };
}

type Open = () => Promise<Connection | undefined>;

/**
 * The sandbox of clients' functions is loaded with the first of them and stays: 16 MiB of WebAssembly memory, once for the
 * process. Which attack happens to bring the first one must not decide whether that counts as growth.
 */
async function loadSandbox(open: Open): Promise<void> {
  const connection = await open();
  await connection?.command({ insert: 'scripted', documents: [{ _id: 1 }], $db: 'neighbour' });
  await connection?.command({ find: 'scripted', filter: { $where: 'true' }, $db: 'neighbour' });
  connection?.close();
}

async function openAs(port: number, user: ScramUser | undefined, authority?: string): Promise<Connection | undefined> {
  const connection = await Connection.open(port, authority);
  if (connection !== undefined && user !== undefined) await logInRaw(connection.client, user);
  return connection;
}

async function makeUsers(port: number, { owner, attacker }: Logins): Promise<void> {
  const stranger = await Connection.open(port);
  await stranger?.command({ createUser: owner.user, pwd: owner.password, roles: ['root'] });
  stranger?.close();
  const connection = await openAs(port, owner);
  const roles = ['readWriteAnyDatabase', 'dbAdminAnyDatabase', 'clusterMonitor'];
  await connection?.command({ createUser: attacker.user, pwd: attacker.password, roles });
  connection?.close();
}

async function attackFor(contexts: readonly AttackContext[], milliseconds: number, server: Victim): Promise<void> {
  const endMs = Date.now() + milliseconds;
  await Promise.all(
    contexts.map(async (context) => {
      while (Date.now() < endMs && server.isRunning) await attack(context);
    }),
  );
}

/** Waits until the server has let go of everything; answers what memory is in use then. */
async function settled(server: Victim, open: Open, findings: Findings): Promise<number> {
  const connection = await open();
  if (connection === undefined) return Number.NaN;
  let left = '';
  // Cursors in sessions would live as long as these.
  await connection.command({ killAllSessions: [] });
  for (let patience = 60; patience > 0; patience--) {
    await pause(250);
    const listed = await connection.command({ listDatabases: 1, nameOnly: true });
    const databases = listed?.body.get('databases');
    for (const entry of Array.isArray(databases) ? databases : []) {
      const name = entry instanceof Object && 'get' in entry ? String(entry.get('name')) : '';
      if (!['admin', 'config', 'local', 'neighbour'].includes(name))
        await connection.command({ dropDatabase: 1, $db: name });
    }
    const status = await connection.command({ serverStatus: 1 });
    const connections = numberOf(status?.document('connections')?.get('current'));
    const transactions = numberOf(status?.document('transactions')?.get('currentOpen'));
    const metrics = status?.document('metrics')?.get('cursor');
    left = `connections ${connections}, transactions ${transactions}, cursors ${print(metrics)}`;
    if (connections === 2 && transactions === 0 && /open: \{[^}]*total: (0|NumberLong\(0\))/.test(print(metrics))) {
      left = '';
      break;
    }
  }
  findings.check(left === '', () => `not let go of after 15 s: ${left}`);
  connection.close();
  await pause(1500);
  return server.usedBytes();
}

/** The client that behaves. */
class Neighbour {
  served = 0;
  slowestMs = 0;
  readonly #findings: Findings;
  #isStopped = false;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async work(open: Open): Promise<void> {
    const connection = await open();
    if (connection === undefined) return;
    const large = Array.from({ length: 20 }, (_, _id) => ({ _id, text: 'l'.repeat(50_000) }));
    await connection.command({ insert: 'large', documents: large, $db: 'neighbour' });
    for (let number = 0; !this.#isStopped; number++) {
      const sentMs = performance.now();
      const q = { _id: number % 10 };
      const update = { update: 'own', updates: [{ q, u: { $set: { number } }, upsert: true }], $db: 'neighbour' };
      const written = await connection.command(update);
      const read = await connection.command({ find: 'own', filter: q, $db: 'neighbour' });
      const batch = read?.document('cursor')?.get('firstBatch');
      const found =
        Array.isArray(batch) && batch[0] instanceof Object && 'get' in batch[0] ? batch[0].get('number') : undefined;
      const isServed = written?.isOk === true && found === number;
      this.#findings.check(isServed, () => `the neighbour is served wrongly: ${written} ${read}`);
      if (read === undefined) return;
      this.served++;
      this.slowestMs = Math.max(this.slowestMs, performance.now() - sentMs);
      await pause(5);
    }
    connection.close();
  }
}
