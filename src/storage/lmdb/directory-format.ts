/**
 * Whether a directory is ours, told without changing anything in it.
 *
 *   storage.json            what this is: { "engine": "lmdb", "formatVersion": 1, "complete": true }
 *   data.mdb, lock.mdb      LMDB's file and its table of readers
 *   process-lock.mdb(-lock) held open by the process that serves the directory
 *
 * `storage.json` is written before the store with `complete: false`, and again when the store holds its first record: so a
 * process that dies at its very first start leaves a directory that the next one recognizes, and a data file that went
 * missing later is not taken for a new store.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { MongoError } from '../../error/mongo-error.ts';
import { dataFile, formatFile, processLockFile } from './file-name.ts';
import { translateOpenError } from './lmdb-error.ts';
import { formatVersion } from './own-record.ts';

/** What a directory holds: nothing yet, a store whose making was interrupted, or a store. */
export type DirectoryState = 'empty' | 'unfinished' | 'complete';

interface Format {
  readonly engine: string;
  readonly formatVersion: number;
  readonly complete: boolean;
}

/**
 * Makes the directory when it is missing and says what it holds.
 * @throws MongoError UnsupportedFormat when it holds something else, or a store of another version; FileNotOpen when it
 *   cannot be read or made.
 */
export function readDirectory(directory: string): DirectoryState {
  let names: string[];
  try {
    mkdirSync(directory, { recursive: true });
    names = readdirSync(directory);
  } catch (thrown) {
    throw translateOpenError(thrown, directory);
  }
  if (names.includes(formatFile)) return readFormat(directory).complete ? 'complete' : 'unfinished';
  const strangers = names.filter((name) => !isIgnored(name));
  if (strangers.length === 0) return 'empty';
  throw new MongoError(
    'UnsupportedFormat',
    `${directory} is not a data directory of Sojourn: ${describe(strangers)}. Choose an empty or a new directory`,
  );
}

/** Writes the format file, all of it or nothing. */
export function writeFormat(directory: string, complete: boolean): void {
  const format: Format = { engine: 'lmdb', formatVersion, complete };
  const temporary = path.join(directory, `.${formatFile}.new`);
  const file = openSync(temporary, 'w');
  try {
    writeSync(file, `${JSON.stringify(format)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path.join(directory, formatFile));
}

/** Refuses a version that is not ours. */
export function requireVersion(directory: string, version: unknown): void {
  if (version === formatVersion) return;
  throw new MongoError(
    'UnsupportedFormat',
    `${directory} has storage format version ${version}; this Sojourn reads and writes version ${formatVersion}`,
  );
}

function readFormat(directory: string): Format {
  let format: Partial<Format> | null;
  try {
    format = JSON.parse(readFileSync(path.join(directory, formatFile), 'utf8'));
  } catch (cause) {
    throw new MongoError('UnsupportedFormat', `${path.join(directory, formatFile)} is damaged: it is not JSON`, {
      cause,
    });
  }
  if (format?.engine !== 'lmdb') {
    const found = JSON.stringify(format?.engine ?? null);
    throw new MongoError('UnsupportedFormat', `${directory} was made by the storage engine ${found}, not by "lmdb"`);
  }
  requireVersion(directory, format.formatVersion);
  return { engine: 'lmdb', formatVersion, complete: format.complete === true };
}

/** What may lie in a new data directory: the file system's own, hidden files, logs, and what an interrupted start left. */
function isIgnored(name: string): boolean {
  return name.startsWith('.') || name === 'lost+found' || name.endsWith('.log') || name.startsWith(processLockFile);
}

function describe(names: readonly string[]): string {
  if (names.includes('WiredTiger') || names.includes('storage.bson')) return "it holds mongod's files (WiredTiger)";
  if (names.includes(dataFile)) return `it holds ${dataFile} of another program that uses LMDB`;
  const shown = names.slice(0, 3).join(', ');
  return `it holds ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}
