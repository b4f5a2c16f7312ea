/**
 * A look at LMDB's data file before LMDB maps it: memory that lies behind the end of a file kills the process when it is
 * read, so a file that was cut off or is no LMDB file at all has to be found out by reading it.
 *
 *   page 0                 page 1
 *   ├ header 24 ┬ meta ┄┄┤ ├ header 24 ┬ meta ┄┄┤        the meta with the higher transaction id is the newest
 *
 *   meta   0 magic   4 version   24 free-page tree, 48 bytes   72 main tree, 48 bytes   120 last page   128 transaction id
 *   tree   0 page size (in the first)                          40 root page, all ones when empty
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { MongoError } from '../../error/mongo-error.ts';
import { dataFile } from './file-name.ts';
import { translateOpenError } from './lmdb-error.ts';

const magic = 0xbeefc0de;
const headerBytes = 24;
const metaBytes = 136;
const noPage = 0xffff_ffff_ffff_ffffn;

interface Meta {
  readonly pageBytes: number;
  readonly roots: readonly bigint[];
  readonly lastPage: bigint;
  readonly transactionId: bigint;
}

/**
 * Checks that the data file of a finished store is there and whole as far as its head tells.
 * @throws MongoError UnsupportedFormat that says what was found; FileNotOpen when the file cannot be read.
 */
export function requireSoundDataFile(directory: string): void {
  const name = path.join(directory, dataFile);
  let file: number;
  try {
    file = openSync(name, 'r');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') throw damaged(name, 'it is missing');
    throw translateOpenError(thrown, directory);
  }
  try {
    requireSound(name, file, BigInt(fstatSync(file).size));
  } finally {
    closeSync(file);
  }
}

function requireSound(name: string, file: number, sizeBytes: bigint): void {
  const first = readMeta(file, 0);
  if (first === undefined) throw damaged(name, 'it does not begin like an LMDB file');
  const second = readMeta(file, first.pageBytes);
  if (second === undefined) throw damaged(name, 'its second head page is missing or overwritten');
  const newest = second.transactionId > first.transactionId ? second : first;
  const pages = sizeBytes / BigInt(newest.pageBytes);
  const isCutOff =
    newest.roots.some((root) => root !== noPage && root >= pages) || isFarShorter(pages, newest.lastPage);
  if (isCutOff) throw damaged(name, `it is cut off: ${pages} pages are left of ${newest.lastPage + 1n}`);
}

/** LMDB may leave the last pages unwritten when a transaction took and freed them; never most of a large file. */
function isFarShorter(pages: bigint, lastPage: bigint): boolean {
  const missing = lastPage + 1n - pages;
  return missing > 1024n && missing * 4n > lastPage;
}

function readMeta(file: number, position: number): Meta | undefined {
  const bytes = Buffer.alloc(headerBytes + metaBytes);
  if (readSync(file, bytes, 0, bytes.length, position) < bytes.length) return undefined;
  const meta = bytes.subarray(headerBytes);
  const pageBytes = meta.readUInt32LE(24);
  if (meta.readUInt32LE(0) !== magic || pageBytes < 512 || pageBytes > 65_536) return undefined;
  return {
    pageBytes,
    roots: [meta.readBigUInt64LE(24 + 40), meta.readBigUInt64LE(72 + 40)],
    lastPage: meta.readBigUInt64LE(120),
    transactionId: meta.readBigUInt64LE(128),
  };
}

function damaged(name: string, finding: string): MongoError {
  return new MongoError('UnsupportedFormat', `${name} is damaged: ${finding}. Nothing was changed`);
}
