import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../clock/clock.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { StorageEngine } from '../engine.ts';
import { requireSoundDataFile } from './data-file.ts';
import { readDirectory, requireVersion, writeFormat } from './directory-format.ts';
import { dataFile, readersFile } from './file-name.ts';
import { LmdbEngine } from './lmdb-engine.ts';
import { translateCommitError, translateOpenError } from './lmdb-error.ts';
import { decodeOwnRecord, encodeFormat, formatKey, ownTable } from './own-record.ts';
import { ProcessLock } from './process-lock.ts';
import { RecordStore } from './record-store.ts';

/**
 * Opens the durable engine in a directory, which is made when missing.
 * @throws MongoError DBPathInUse when another process (or this one) serves the directory; UnsupportedFormat when it holds
 *   something else, a store of another version or a damaged one, and nothing in it is then changed; FileNotOpen when the
 *   file system refuses; OutOfDiskSpace when there is no room for a new store.
 */
export async function openLmdbEngine(directory: string, clock: Clock): Promise<StorageEngine> {
  readDirectory(directory);
  const lock = await ProcessLock.take(directory);
  try {
    // Read again: until the lock was ours, another process may have been at work here.
    const state = readDirectory(directory);
    if (state === 'complete') requireSoundDataFile(directory);
    if (state === 'empty') writeFormat(directory, false);
    if (state === 'unfinished') removeUnfinished(directory);
    const store = new RecordStore(directory);
    try {
      if (state === 'complete') requireFormatRecord(directory, store);
      else await finishNewStore(directory, store);
      return new LmdbEngine(directory, lock, store, clock);
    } catch (thrown) {
      await store.close();
      throw thrown;
    }
  } catch (thrown) {
    await lock.release();
    throw translateOpenError(thrown, directory);
  }
}

/** A store that never got its first record has nothing to lose, and may be half a file. */
function removeUnfinished(directory: string): void {
  for (const name of [dataFile, readersFile]) rmSync(path.join(directory, name), { force: true });
}

function requireFormatRecord(directory: string, store: RecordStore): void {
  const snapshot = store.takeSnapshot();
  const stored = store.get(snapshot, ownTable, formatKey);
  store.letGo(snapshot);
  const record = stored === undefined ? undefined : decodeOwnRecord(formatKey, stored);
  if (record?.kind !== 'format') {
    throw new MongoError('UnsupportedFormat', `The data file in ${directory} is damaged: it has no format record`);
  }
  requireVersion(directory, record.version);
}

async function finishNewStore(directory: string, store: RecordStore): Promise<void> {
  try {
    const { visible, flushed } = store.put(ownTable, formatKey, encodeFormat());
    await visible;
    await flushed;
  } catch (thrown) {
    throw await translateCommitError(thrown, directory);
  }
  writeFormat(directory, true);
}
