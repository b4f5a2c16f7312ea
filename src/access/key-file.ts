/**
 * The secret that the nodes of one cluster share, read from a file with mongod's rules (manual, "Keyfiles"): 6 to 1024
 * characters of base64, white space passed over; nobody but the file's owner may read it. A YAML list holds several keys,
 * any of which lets in, so that a key can be changed while nodes run.
 */
import { readFile, stat } from 'node:fs/promises';
import { MongoError } from '../error/mongo-error.ts';

const shortest = 6;
const longest = 1024;
const othersMayUse = 0o077;

/** The keys of a file. Throws BadValue naming the file where it cannot be used. */
export async function readKeyFile(path: string): Promise<Buffer[]> {
  let content: string;
  try {
    const { mode } = await stat(path);
    // On Windows the mode says nothing about who may read.
    if (process.platform !== 'win32' && (mode & othersMayUse) !== 0) {
      throw invalid(path, `permissions on ${path} are too open`);
    }
    content = await readFile(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof MongoError) throw thrown;
    throw invalid(path, thrown instanceof Error ? thrown.message : String(thrown));
  }
  const keys = await keysIn(path, content);
  if (keys.length === 0) throw invalid(path, 'it holds no key');
  return keys.map((key) => checkedKey(path, key));
}

async function keysIn(path: string, content: string): Promise<string[]> {
  if (!/^\s*(?:-\s|\[)/m.test(content)) return [content];
  const { parse } = await import('yaml');
  let list: unknown;
  try {
    list = parse(content);
  } catch {
    throw invalid(path, 'it is no YAML list of keys');
  }
  if (Array.isArray(list) && list.every((key) => typeof key === 'string')) return list;
  throw invalid(path, 'it is no YAML list of keys');
}

function checkedKey(path: string, text: string): Buffer {
  const key = text.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/=]*$/.test(key)) throw invalid(path, 'a key holds a character that is not base64');
  if (key.length < shortest || key.length > longest) {
    throw invalid(path, `a key has length ${key.length}, must be between ${shortest} and ${longest} characters`);
  }
  return Buffer.from(key, 'utf8');
}

function invalid(path: string, reason: string): MongoError {
  return new MongoError('BadValue', `cannot use the key file ${path}: ${reason}`);
}
