/** The server process that a torture torments: started on a store that outlives it, killed without warning. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Findings } from './torture.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const readyTimeoutMs = 60_000;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface VictimOptions {
  readonly findings: Findings;
  /** Directory of the LMDB store; without one the server keeps everything in memory. */
  readonly storePath?: string;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  /** Further words of the command line. */
  readonly options?: readonly string[];
}

/**
 * Makes the process collect its garbage on SIGUSR2 and say how much memory is left in use: the least of several looks, as
 * the bytes of buffers are only given back after a collection, and the neighbour's commands go on meanwhile.
 */
const collector = `
  const look = () => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  process.on('SIGUSR2', async () => {
    let usedBytes = look();
    for (let left = 4; left > 0; left--) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      usedBytes = Math.min(usedBytes, look());
    }
    process.stderr.write(JSON.stringify({ usedBytes }) + '\\n');
  });`;

export class Victim {
  readonly #child: ChildProcess;
  readonly #findings: Findings;
  readonly ended: Promise<void>;
  readonly #ready: Promise<number | undefined>;
  #isOurs = false;
  #standardOutput = '';
  #standardError = '';
  #lastWords = '';
  #tellUsedBytes: (bytes: number) => void = () => undefined;

  constructor({ findings, storePath, parameters = {}, options = [] }: VictimOptions) {
    this.#findings = findings;
    const store =
      storePath === undefined ? ['--storageEngine', 'memory'] : ['--storageEngine', 'lmdb', '--dbpath', storePath];
    const collecting = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(collector)}`];
    const words = [
      ...collecting,
      program,
      '--port',
      '0',
      '--quiet',
      ...store,
      ...options,
      '--setParameter',
      'enableTestCommands=1',
    ];
    for (const [name, value] of Object.entries(parameters)) words.push('--setParameter', `${name}=${value}`);
    this.#child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    this.#child.stderr?.on('data', (text: Buffer) => this.#hear(text.toString()));
    this.ended = once(this.#child, 'close').then(([code, signal]: unknown[]) => {
      running.delete(this.#child);
      if (!this.#isOurs) findings.add(`the server ended by itself (${code ?? signal}): ${this.#lastWords}`);
    });
    this.#ready = this.#awaitPort();
  }

  /** The port once the server is ready; undefined where it ended before. */
  ready(): Promise<number | undefined> {
    return this.#ready;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#isOurs = true;
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** Asks the server to stop; it must end by itself, with exit code 0. */
  async stop(): Promise<void> {
    this.#isOurs = true;
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => {
      this.#findings.add('the server did not stop within 20 s of SIGTERM');
      this.#child.kill('SIGKILL');
    }, 20_000);
    await this.ended;
    clearTimeout(late);
    if (this.#child.signalCode === null && this.#child.exitCode !== 0) {
      this.#findings.add(`the server stopped with code ${this.#child.exitCode}: ${this.#lastWords}`);
    }
  }

  /** Bytes that are in use when all garbage has been collected. */
  usedBytes(): Promise<number> {
    return new Promise((resolve) => {
      this.#tellUsedBytes = resolve;
      void this.ended.then(() => resolve(Number.NaN));
      this.#child.kill('SIGUSR2');
    });
  }

  async #awaitPort(): Promise<number | undefined> {
    const late = setTimeout(() => {
      this.#findings.add(`the server was not ready within ${readyTimeoutMs / 1000} s: ${this.#lastWords}`);
      this.#child.kill('SIGKILL');
    }, readyTimeoutMs);
    const port = new Promise<number>((resolve) => {
      this.#child.stdout?.on('data', (text: Buffer) => {
        this.#standardOutput += text.toString();
        const found = /mongodb:\/\/[^/]*:(\d+)\//.exec(this.#standardOutput)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    });
    const outcome = await Promise.race([port, this.ended.then(() => undefined)]);
    clearTimeout(late);
    return outcome;
  }

  /** What the server logs as an error is a finding: nothing that a torture does may be its fault. */
  #hear(text: string): void {
    this.#lastWords = (this.#lastWords + text).slice(-3000);
    const lines = (this.#standardError + text).split('\n');
    this.#standardError = lines.pop() ?? '';
    for (const line of lines) {
      const used = /^\{"usedBytes":(\d+)\}$/.exec(line)?.[1];
      if (used !== undefined) this.#tellUsedBytes(Number(used));
      if (/"level":"(error|fatal)"/.test(line)) this.#findings.add(`the server logged ${line.slice(0, 1500)}`);
    }
  }
}
