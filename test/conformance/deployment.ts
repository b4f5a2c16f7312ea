/**
 * The deployment under test: servers that the runner starts and, when one dies, starts anew; or one that runs already
 * (`--uri`), which is only talked to.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { joinUris } from './connection-string.ts';
import { type ServerKind, ServerProcess } from './server-process.ts';

/** A router face is shown by several equal nodes, so that drivers have something to balance and pin. */
const shardedNodeCount = 2;

/** A closed connection is seen sooner than the death of the process behind it. */
const deathNoticeMs = 1000;

export interface Deployment {
  /** The connection string of all nodes. It changes when a server was started anew. */
  readonly uri: string;
  /** True while nothing is known to be dead. */
  readonly isRunning: boolean;
  /** How often a server had to be started anew. */
  readonly restartCount: number;
  /**
   * Starts what died; `hangs` says that a server runs but no longer answers, so that it must be ended first.
   * Returns the account of the death, or undefined when nothing was dead. Concurrent callers share one restart.
   * Throws when a new server does not start, or when the deployment is not ours to restart.
   */
  recover(hangs?: boolean): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** Starts the servers of a deployment; with `uri`, takes the one that runs there. */
export async function openDeployment(kind: ServerKind, uri?: string): Promise<Deployment> {
  if (uri !== undefined) return new ForeignDeployment(uri);
  return new OwnDeployment(kind, await startNodes(kind));
}

class ForeignDeployment implements Deployment {
  readonly uri: string;
  readonly isRunning = true;
  readonly restartCount = 0;

  constructor(uri: string) {
    this.uri = uri;
  }

  async recover(hangs = false): Promise<string | undefined> {
    if (hangs) throw new Error(`the server at ${this.uri} no longer answers, and is not ours to restart`);
    return undefined;
  }

  async stop(): Promise<void> {}
}

class OwnDeployment implements Deployment {
  restartCount = 0;
  #kind: ServerKind;
  #nodes: ServerProcess[];
  #recovery: Promise<string | undefined> | undefined;

  constructor(kind: ServerKind, nodes: ServerProcess[]) {
    this.#kind = kind;
    this.#nodes = nodes;
  }

  get uri(): string {
    return joinUris(this.#nodes.map((node) => node.uri));
  }

  get isRunning(): boolean {
    return this.#nodes.every((node) => node.isRunning);
  }

  recover(hangs = false): Promise<string | undefined> {
    this.#recovery ??= this.#restart(hangs).finally(() => {
      this.#recovery = undefined;
    });
    return this.#recovery;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()));
  }

  async #restart(hangs: boolean): Promise<string | undefined> {
    if (this.isRunning && !hangs) return undefined;
    const silence = pause(deathNoticeMs).then(() => 'no longer answered');
    const account = await Promise.race([...this.#nodes.map((node) => node.ended), silence]);
    await Promise.all(this.#nodes.map((node) => node.kill()));
    this.#nodes = await startNodes(this.#kind);
    this.restartCount += 1;
    return account;
  }
}

async function startNodes(kind: ServerKind): Promise<ServerProcess[]> {
  if (kind.topology === 'sharded' && kind.engine !== 'postgres') {
    throw new Error(`equal nodes need a shared store: --engine postgres, not ${kind.engine}`);
  }
  const count = kind.topology === 'sharded' ? shardedNodeCount : 1;
  return Promise.all(Array.from({ length: count }, () => ServerProcess.start(kind)));
}
