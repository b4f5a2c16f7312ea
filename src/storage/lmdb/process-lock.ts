/**
 * One process per directory. LMDB would let several in, but conflicts are decided in memory.
 *
 * The lock is LMDB's own: a tiny environment whose reader table shows who holds it. The kernel keeps that honest, for
 * every entry is backed by a file lock that ends with its process, however it ends, and the first process to open the
 * table clears what the dead left behind. Nothing depends on process numbers, which containers use again.
 */
import path from 'node:path';
import { open, type RootDatabase, type Transaction } from 'lmdb';
import { MongoError } from '../../error/mongo-error.ts';
import { processLockFile } from './file-name.ts';
import { translateOpenError } from './lmdb-error.ts';

export class ProcessLock {
  readonly #environment: RootDatabase;
  readonly #entry: Transaction;

  private constructor(environment: RootDatabase, entry: Transaction) {
    this.#environment = environment;
    this.#entry = entry;
  }

  /**
   * Takes the lock of a directory.
   * @throws MongoError DBPathInUse, naming the process, when somebody holds it, this process included.
   */
  static async take(directory: string): Promise<ProcessLock> {
    let environment: RootDatabase;
    try {
      environment = open({ path: path.join(directory, processLockFile), noSubdir: true, maxDbs: 1, pageSize: 4096 });
    } catch (thrown) {
      throw translateOpenError(thrown, directory);
    }
    const holders = readHolders(environment);
    if (holders.length > 0) {
      await environment.close();
      throw inUse(directory, holders);
    }
    const entry = environment.useReadTransaction();
    const present = readHolders(environment);
    if (present.length > 1) {
      entry.done();
      await environment.close();
      throw inUse(directory, present);
    }
    return new ProcessLock(environment, entry);
  }

  async release(): Promise<void> {
    this.#entry.done();
    await this.#environment.close();
  }
}

/** Process numbers in LMDB's list of readers: a line of headings, then one line each, the process first. */
function readHolders(environment: RootDatabase): string[] {
  environment.readerCheck();
  const lines = environment.readerList().split('\n');
  return lines.flatMap((line) => line.match(/^\s*(\d+)\s/)?.[1] ?? []);
}

function inUse(directory: string, holders: readonly string[]): MongoError {
  const others = holders.filter((holder) => holder !== String(process.pid));
  const who = others.length > 0 ? `process ${others[0]}` : 'this process';
  return new MongoError('DBPathInUse', `The data directory ${directory} is in use by ${who}`);
}
