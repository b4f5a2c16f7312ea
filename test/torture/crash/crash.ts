/**
 * A server on an LMDB store is killed with SIGKILL at random moments under a mixed load and started again on the same store.
 *
 *   start ─► retries ─► audit ─► load ─► SIGKILL ─► start …
 *     └─ killed ┘ └─ killed too, now and then
 *
 * Every few rounds the load moves to a fresh database; the old ones stay and are audited once more at the end, after all
 * kills that followed. Some are dropped on the way. A reader of the change stream follows each of them (`follower.ts`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '../connection.ts';
import { Random } from '../random.ts';
import { type Counts, type Effort, type Findings, pause, type Torture } from '../torture.ts';
import { Victim } from '../victim.ts';
import { AuditBroken, audit } from './audit.ts';
import { prepare, writerCount } from './content.ts';
import { Follower } from './follower.ts';
import { Ledger } from './ledger.ts';
import { Writer } from './writer.ts';

/** Longest that the load runs between two kills. */
const loadMs = 1200;
const roundsPerDatabase = 12;

export const crash: Torture = {
  name: 'crash',
  what: 'kill -9 under load, again and again: nothing acknowledged is lost, nothing runs twice, nothing is half there',
  defaultSeconds: 600,
  async run(effort) {
    const storePath = mkdtempSync(join(tmpdir(), 'sojourn-crash-'));
    try {
      return await new CrashRun(effort, storePath).run();
    } finally {
      if (effort.findings.count === 0) rmSync(storePath, { recursive: true, force: true });
      else effort.progress(`the store is left at ${storePath}`);
    }
  },
};

class CrashRun {
  readonly #effort: Effort;
  readonly #storePath: string;
  readonly #findings: Findings;
  readonly #random: Random;
  readonly #writers: Writer[];
  readonly #past: Ledger[] = [];
  #ledger: Ledger;
  #follower: Follower;
  #isPrepared = false;
  #roundsHere = 0;
  #number = 0;
  #counts = {
    kills: 0,
    killsAtStart: 0,
    killsInRetries: 0,
    stops: 0,
    rounds: 0,
    audits: 0,
    databases: 1,
    drops: 0,
    events: 0,
  };

  constructor(effort: Effort, storePath: string) {
    this.#effort = effort;
    this.#storePath = storePath;
    this.#findings = effort.findings;
    this.#random = new Random(effort.seed);
    this.#ledger = new Ledger('torture-0');
    this.#follower = new Follower(this.#ledger.database, this.#findings);
    this.#writers = Array.from({ length: writerCount }, (_, index) => {
      const options = {
        index,
        random: this.#random.fork(),
        findings: this.#findings,
        nextNumber: () => this.#number++,
      };
      return new Writer(options, this.#ledger);
    });
  }

  async run(): Promise<Counts> {
    const endMs = Date.now() + this.#effort.seconds * 1000;
    while (Date.now() < endMs) {
      await this.#round().catch((thrown: unknown) => {
        if (!(thrown instanceof AuditBroken)) throw thrown;
      });
      this.#counts.rounds++;
      if (this.#counts.rounds % 20 === 0) this.#effort.progress(this.#describe());
    }
    await this.#finish();
    return this.#summary();
  }

  /** One life of the server. */
  async #round(): Promise<void> {
    const random = this.#random;
    const server = this.#start();
    if (random.chance(0.1)) {
      await pause(random.below(600));
      this.#counts.killsAtStart++;
      return this.#kill(server);
    }
    const port = await server.ready();
    if (port === undefined) return;
    const connections = await openAll(port, this.#writers.length);
    if (random.chance(0.15)) {
      this.#counts.killsInRetries++;
      const killed = pause(random.below(40)).then(() => this.#kill(server));
      await this.#resolve(connections);
      await killed;
      return;
    }
    if (!(await this.#resolve(connections))) return server.ended;
    await this.#look(connections[0]);
    await this.#moveOn(connections[0]);
    const load = Promise.all(connections.map((connection, at) => this.#writers[at]?.work(connection)));
    await pause(10 + random.below(loadMs));
    if (random.chance(0.05)) {
      this.#counts.stops++;
      await server.stop();
    } else await this.#kill(server);
    await load;
  }

  async #resolve(connections: readonly Connection[]): Promise<boolean> {
    const held = await Promise.all(connections.map((connection, at) => this.#writers[at]?.resolve(connection)));
    return connections.length === this.#writers.length && held.every((isHeld) => isHeld);
  }

  async #look(connection: Connection | undefined): Promise<void> {
    if (connection === undefined || !this.#isPrepared) return;
    await audit(connection, this.#ledger, this.#findings, this.#random.chance(0.3));
    if (!(await this.#follower.compare(connection))) throw new AuditBroken();
    this.#counts.audits++;
    this.#counts.events += this.#follower.events;
    this.#follower.events = 0;
  }

  /** To a fresh database, when this one has seen enough. */
  async #moveOn(connection: Connection | undefined): Promise<void> {
    if (connection === undefined) return;
    if (this.#isPrepared && ++this.#roundsHere >= roundsPerDatabase) {
      await this.#leave(connection);
      this.#ledger = new Ledger(`torture-${this.#counts.databases++}`);
      this.#follower = new Follower(this.#ledger.database, this.#findings);
      for (const writer of this.#writers) writer.moveTo(this.#ledger);
      this.#isPrepared = false;
      this.#roundsHere = 0;
    }
    if (this.#isPrepared || !(await this.#follower.catchUp(connection))) return;
    this.#isPrepared = await prepare(connection, this.#ledger.database, this.#writers.length);
  }

  async #leave(connection: Connection): Promise<void> {
    await audit(connection, this.#ledger, this.#findings, true);
    if (!this.#random.chance(0.25)) {
      this.#past.push(this.#ledger);
      return;
    }
    this.#counts.drops++;
    const { database } = this.#ledger;
    const reply = await connection.command({ dropDatabase: 1, $db: database });
    this.#findings.check(reply?.isOk === true, () => `dropDatabase ${database}: ${reply}`);
  }

  /** Everything that was ever written, after every kill. */
  async #finish(): Promise<void> {
    const server = this.#start();
    const port = await server.ready();
    if (port !== undefined) {
      const connections = await openAll(port, this.#writers.length);
      const isResolved = await this.#resolve(connections);
      this.#findings.check(isResolved, () => 'the last retries were not answered');
      const [connection] = connections;
      for (const ledger of [...this.#past, ...(this.#isPrepared ? [this.#ledger] : [])]) {
        if (connection === undefined) continue;
        await audit(connection, ledger, this.#findings, true);
        this.#counts.audits++;
      }
      for (const each of connections) each.close();
    }
    await server.stop();
  }

  #start(): Victim {
    return new Victim({ findings: this.#findings, storePath: this.#storePath });
  }

  async #kill(server: Victim): Promise<void> {
    this.#counts.kills++;
    await server.kill();
  }

  #summary(): Counts {
    const writes: Record<string, number> = {};
    for (const { counts } of this.#writers) {
      for (const [name, count] of Object.entries(counts)) writes[name] = (writes[name] ?? 0) + count;
    }
    return { ...this.#counts, ...writes };
  }

  #describe(): string {
    const { kills, rounds, writes } = this.#summary();
    return `${rounds} rounds, ${kills} kills, ${writes} writes, ${this.#findings.count} differences`;
  }
}

/** A connection for each writer; fewer where the server has gone. */
async function openAll(port: number, count: number): Promise<Connection[]> {
  const opened = await Promise.all(Array.from({ length: count }, () => Connection.open(port)));
  return opened.filter((connection) => connection !== undefined);
}
