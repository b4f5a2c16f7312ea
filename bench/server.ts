/** Servers to measure: ours as users start it, with a store of its own that is removed afterwards. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endChild, startProgram } from './child.ts';

export type Engine = 'memory' | 'lmdb';

/** Where a server listens and which process it is. */
export interface Reached {
  readonly port: number;
  readonly pid: number;
}

export interface ServerProcess extends Reached, AsyncDisposable {
  /** From the start of the process to the line that says that it is ready. */
  readonly readyMs: number;
}

const readyTimeoutMs = 60_000;

/** Starts `dist/main.js` with these further options and waits until it is ready. */
export async function startServerProcess(engine: Engine, options: readonly string[] = []): Promise<ServerProcess> {
  const storePath = engine === 'lmdb' ? createFolder() : undefined;
  const startedMs = performance.now();
  const child = startProgram(['dist/main.js', ...serverArguments(engine, storePath), ...options]);
  const port = await readPort(child);
  return {
    port,
    pid: child.pid ?? -1,
    readyMs: performance.now() - startedMs,
    async [Symbol.asyncDispose]() {
      await endChild(child);
      if (storePath !== undefined) removeFolder(storePath);
    },
  };
}

/** A run that fails or is interrupted leaves no store behind either. */
const folders = new Set<string>();
process.on('exit', () => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

/** A fresh folder for stores and files, on the disk that is measured; it is gone when the run ends. */
export function createFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'sojourn-bench-'));
  folders.add(path);
  return path;
}

/** Removes a folder once it is not needed. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
  folders.delete(path);
}

function serverArguments(engine: Engine, storePath: string | undefined): string[] {
  const options = ['--port', '0', '--bind_ip', '127.0.0.1', '--quiet', '--storageEngine', engine];
  return storePath === undefined ? options : [...options, '--dbpath', storePath];
}

function readPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timeout = setTimeout(() => reject(new Error('the server did not get ready')), readyTimeoutMs);
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const match = /mongodb:\/\/[^/\s]*:(\d+)/.exec(output);
      if (match === null) return;
      clearTimeout(timeout);
      resolve(Number(match[1]));
    });
  });
}

/** How a driver reaches a server of these: this one alone, asked for its state now and then rather than all the time. */
export function connectionString(port: number): string {
  return `mongodb://127.0.0.1:${port}/?directConnection=true&serverMonitoringMode=poll`;
}
