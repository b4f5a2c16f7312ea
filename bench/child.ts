/** Child processes of a benchmark: none outlives the run, however the run ends. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

function watch(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a program of Node's; its output can be read, its complaints are shown. */
export function startProgram(nodeArguments: readonly string[]): ChildProcess {
  return watch(spawn(process.execPath, nodeArguments, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'inherit'] }));
}

/** Ends a child and waits until it has ended. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(impatience);
}

/** The kernel counts in hundredths of a second. */
const tickMs = 10;

/** What a process has had of the processors so far, all its threads together; NaN where the system does not tell. */
export function processorMs(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return Number.NaN;
  // Behind the program's name, which may hold anything, stand the state and ten more fields before the two times.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** A child that answers each message that it is sent with one of its own. */
export class Worker<Request extends object, Answer> implements AsyncDisposable {
  readonly #child: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  /** `module` is a file of this folder. */
  constructor(module: string, nodeOptions: readonly string[] = []) {
    this.#child = watch(
      fork(fileURLToPath(new URL(module, import.meta.url)), {
        execArgv: ['--import', 'tsx', ...nodeOptions],
        cwd: repositoryRoot,
        serialization: 'advanced',
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    );
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Sends a request when the one before is answered. Throws what the child failed with, and when it ends instead. */
  ask(request: Request): Promise<Answer> {
    const answer = this.#last.then(() => this.#exchange(request));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  #exchange(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the process ended without an answer'));
      this.#child.once('exit', ended);
      this.#child.once('message', (message: { answer?: Answer; failure?: string }) => {
        this.#child.off('exit', ended);
        if (message.failure === undefined) resolve(message.answer as Answer);
        else reject(new Error(message.failure));
      });
      this.#child.send(request);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endChild(this.#child);
  }
}

/** In a worker's own process: answers each request with what `handle` makes of it. */
export function serveRequests<Request, Answer>(handle: (request: Request) => Promise<Answer>): void {
  process.on('message', (request: Request) => {
    handle(request).then(
      (answer) => process.send?.({ answer }),
      (error: unknown) =>
        process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
