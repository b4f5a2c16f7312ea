/** What LMDB and the file system say, in MongoDB's words. Nothing of theirs leaves this folder untranslated. */
import { open, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { MongoError } from '../../error/mongo-error.ts';
import { dataFile } from './file-name.ts';

/** errno and LMDB codes that mean: no room. ENOSPC, EFBIG, EDQUOT (Linux, macOS), MDB_MAP_FULL. */
const noRoomCodes: readonly unknown[] = [28, 27, 122, 69, -30792, 'ENOSPC', 'EFBIG', 'EDQUOT'];

/** LMDB reports a write that was cut short, as it is at the end of a disk, like one that failed. */
const cutShortCodes: readonly unknown[] = [5, 'EIO'];

/** Below this much free space, a write that was cut short means a full disk. */
const scarceBytes = 16 * 1024 * 1024;
const probeBytes = 1024 * 1024;

/** Why the writes of a group could not be committed. */
export async function translateCommitError(thrown: unknown, directory: string): Promise<MongoError> {
  const cause = await rootCause(thrown);
  const code = codeOf(cause);
  const isFull = noRoomCodes.includes(code) || (cutShortCodes.includes(code) && (await isScarce(directory)));
  return isFull
    ? new MongoError('OutOfDiskSpace', `No space left for the data in ${directory}; nothing was written`, { cause })
    : new MongoError('OperationFailed', `The commit to ${directory} failed: ${textOf(cause)}`, { cause });
}

/** Why a directory or file could not be opened. */
export function translateOpenError(thrown: unknown, directory: string): MongoError {
  if (thrown instanceof MongoError) return thrown;
  const code = codeOf(thrown);
  if (noRoomCodes.includes(code)) {
    return new MongoError('OutOfDiskSpace', `No space left to open the store in ${directory}`, { cause: thrown });
  }
  return new MongoError('FileNotOpen', `The store in ${directory} cannot be opened: ${textOf(thrown)}`, {
    cause: thrown,
  });
}

/** Why a read failed. */
export function translateReadError(thrown: unknown): MongoError {
  if (thrown instanceof MongoError) return thrown;
  const text = textOf(thrown);
  return text.includes('MDB_READERS_FULL')
    ? new MongoError('ResourceExhausted', 'Too many snapshots of the store are open at once', { cause: thrown })
    : new MongoError('OperationFailed', `The store cannot be read: ${text}`, { cause: thrown });
}

/** The package rejects with an error that carries a promise of the real one, which rejects in turn. */
async function rootCause(thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof Error) || !('commitError' in thrown)) return thrown;
  try {
    await thrown.commitError;
    return thrown;
  } catch (cause) {
    return cause;
  }
}

/** Tells a full disk from a broken one after a write was cut short. */
async function isScarce(directory: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize < scarceBytes || noRoomCodes.includes(codeOf(await probe(directory)));
  } catch {
    return false;
  }
}

/** Tries what LMDB tried, in a file of our own: limits on files and quotas show only so. Answers what was thrown. */
async function probe(directory: string): Promise<unknown> {
  const name = path.join(directory, '.space-probe');
  try {
    const { size } = await stat(path.join(directory, dataFile));
    const file = await open(name, 'w');
    try {
      await file.write(Buffer.alloc(probeBytes), 0, probeBytes, size);
    } finally {
      await file.close();
    }
    return undefined;
  } catch (thrown) {
    return thrown;
  } finally {
    await rm(name, { force: true });
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
