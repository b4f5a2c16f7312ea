/**
 * One server under test, as a child process.
 *
 * The server prints its connection string on standard output when it is ready; from then on only its death is of
 * interest. The last of what it said on standard error is kept, because it is the account of that death.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './data.ts';
import { openSecurity, type SecurityKind } from './security.ts';

export const engines = ['memory', 'lmdb', 'postgres'] as const;
export type Engine = (typeof engines)[number];

export const topologies = ['replicaset', 'standalone', 'sharded'] as const;
export type Topology = (typeof topologies)[number];

/** What kind of server to start. */
export interface ServerKind extends SecurityKind {
  readonly engine: Engine;
  readonly topology: Topology;
  /** A file that takes down all that the servers say. */
  readonly logPath?: string | undefined;
}

const readyTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;
const lastWordsBytes = 4096;

/** Every running child and store: none may outlive the runner, however the runner ends. */
const running = new Set<ChildProcess>();
const stores = new Set<string>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const path of stores) rmSync(path, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

export class ServerProcess {
  /** The connection string that the server printed. */
  readonly uri: string;
  /** Resolves when the process has ended, with how it ended and its last words. */
  readonly ended: Promise<string>;
  #child: ChildProcess;
  #storePath: string | undefined;

  private constructor(uri: string, ended: Promise<string>, child: ChildProcess, storePath: string | undefined) {
    this.uri = uri;
    this.ended = ended;
    this.#child = child;
    this.#storePath = storePath;
  }

  /** Starts a server and waits until it is ready. Throws with the server's own words when it does not get there. */
  static async start(kind: ServerKind): Promise<ServerProcess> {
    const storePath = kind.engine === 'lmdb' ? createStore() : undefined;
    const security = await openSecurity(kind);
    const child = spawn(process.execPath, [...serverArguments(kind, storePath), ...security.words], {
      cwd: repositoryRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const ended = watchEnd(child, kind.logPath);
    try {
      const uri = await Promise.race([readConnectionString(child), refuseEnd(ended), refuseLateness()]);
      return new ServerProcess(await security.complete(uri), ended, child, storePath);
    } catch (error) {
      child.kill('SIGKILL');
      removeStore(storePath);
      throw error;
    }
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the process: politely, then not. Removes its store. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
    await this.ended;
    clearTimeout(impatience);
    removeStore(this.#storePath);
  }

  /** Ends a process that no longer answers. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
    removeStore(this.#storePath);
  }
}

function createStore(): string {
  const path = mkdtempSync(join(tmpdir(), 'sojourn-conformance-'));
  stores.add(path);
  return path;
}

function removeStore(path: string | undefined): void {
  if (path === undefined) return;
  rmSync(path, { recursive: true, force: true });
  stores.delete(path);
}

function serverArguments({ engine, topology }: ServerKind, storePath: string | undefined): string[] {
  const options = ['dist/main.js', '--port', '0', '--bind_ip', '127.0.0.1', '--storageEngine', engine, '--quiet'];
  options.push('--setParameter', 'enableTestCommands=1');
  if (storePath !== undefined) options.push('--dbpath', storePath);
  if (topology === 'standalone') options.push('--standalone');
  return options;
}

function readConnectionString(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const match = /mongodb:\/\/\S+(?=\s)/.exec(output);
      if (match) resolve(match[0]);
    });
  });
}

function watchEnd(child: ChildProcess, logPath: string | undefined): Promise<string> {
  let lastWords = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-lastWordsBytes);
    if (logPath !== undefined) appendFileSync(logPath, chunk);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      running.delete(child);
      resolve(`could not be started: ${error.message}`);
    });
    child.once('close', (code, signal) => {
      running.delete(child);
      const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
      resolve(lastWords.trim() === '' ? how : `${how}, its last words:\n${lastWords.trim()}`);
    });
  });
}

async function refuseEnd(ended: Promise<string>): Promise<never> {
  throw new Error(`the server did not start: it ${await ended}`);
}

function refuseLateness(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`the server did not start within ${readyTimeoutMs} ms`)), readyTimeoutMs).unref();
  });
}
