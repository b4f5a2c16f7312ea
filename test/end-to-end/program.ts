/** Runs the program from its sources in a process of its own, as a user runs it from a shell. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Program {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';
  #noticed: () => void = () => undefined;

  constructor(...words: readonly string[]) {
    this.process = spawn(process.execPath, ['--import', 'tsx', main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (text: Buffer) => {
      this.#stdout += text.toString();
      this.#noticed();
    });
    this.process.stderr?.on('data', (text: Buffer) => {
      this.#stderr += text.toString();
    });
    this.ended = once(this.process, 'close').then(([exitCode]: unknown[]) => {
      this.#noticed();
      return { exitCode: exitCode as number | null, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  /** The connection string of the line that says that the server is ready. Throws where the program ends without it. */
  async uri(): Promise<string> {
    while (!this.#stdout.includes('\n') && this.process.exitCode === null) {
      await new Promise<void>((resolve) => {
        this.#noticed = resolve;
      });
    }
    const found = /mongodb:\/\/\S+/.exec(this.#stdout)?.[0];
    if (found === undefined) throw new TypeError(`the program is not ready: ${this.#stdout}${this.#stderr}`);
    return found;
  }

  /** Sends a signal and waits for the end. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Ended> {
    this.process.kill(signal);
    return this.ended;
  }
}
