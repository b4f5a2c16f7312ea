import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.ts';
import { isMongoError } from '../../error/mongo-error.ts';
import type { StorageEngine } from '../engine.ts';
import { openLmdbEngine } from './open-lmdb-engine.ts';

const processFile = fileURLToPath(new URL('store-process.fake.ts', import.meta.url));

let dbPath = '';
let engine: StorageEngine | undefined;
let processes: ChildProcess[] = [];

beforeEach(() => {
  dbPath = mkdtempSync(path.join(tmpdir(), 'sojourn-lmdb-'));
});

afterEach(async () => {
  await Promise.all(processes.map(kill));
  processes = [];
  await engine?.close();
  engine = undefined;
  rmSync(dbPath, { recursive: true, force: true });
});

async function open(): Promise<StorageEngine> {
  engine = await openLmdbEngine(dbPath, systemClock);
  return engine;
}

async function close(): Promise<void> {
  await engine?.close();
  engine = undefined;
}

async function openError(): Promise<{ codeName: string; message: string }> {
  try {
    await open();
  } catch (thrown) {
    if (isMongoError(thrown)) return thrown;
    throw thrown;
  }
  throw new TypeError('opening succeeded');
}

async function put(key: string, size: number): Promise<void> {
  const transaction = await (engine as StorageEngine).begin();
  await transaction.write([{ table: 1, key, value: Buffer.alloc(size, 'x') }]);
  await transaction.commit('journaled');
}

/** Every file of the directory with its bytes. */
function contents(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(dbPath).map((name) => [name, readFileSync(path.join(dbPath, name)).toString('latin1')]),
  );
}

/** Starts a process on the directory; its lines come as they are written. */
function start(mode: string, before = ''): { child: ChildProcess; lines: AsyncIterator<string> } {
  const command = `${before} exec "${process.execPath}" --import tsx "${processFile}" "${dbPath}" ${mode}`;
  const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'ignore'] });
  processes.push(child);
  return { child, lines: createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]() };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('the directory of a store', () => {
  it('is made when missing, with the directories above it', async () => {
    dbPath = path.join(dbPath, 'a', 'b');
    await open();
    expect(JSON.parse(readFileSync(path.join(dbPath, 'storage.json'), 'utf8'))).toEqual({
      engine: 'lmdb',
      formatVersion: 1,
      complete: true,
    });
  });

  it('may hold logs and hidden files when it is new', async () => {
    writeFileSync(path.join(dbPath, 'sojourn.log'), '');
    writeFileSync(path.join(dbPath, '.gitkeep'), '');
    mkdirSync(path.join(dbPath, 'lost+found'));
    await open();
  });

  it('is refused while this process serves it, and free once it was closed', async () => {
    await open();
    await expect(openLmdbEngine(dbPath, systemClock)).rejects.toMatchObject({ codeName: 'DBPathInUse' });
    await put('a', 1);
    await close();
    await open();
  });

  it('is refused while another process serves it, and free once that one was killed', async () => {
    const { child, lines } = start('hold');
    expect((await lines.next()).value).toBe('ready');
    const error = await openError();
    expect(error.codeName).toBe('DBPathInUse');
    expect(error.message).toContain(`in use by process ${child.pid}`);
    await kill(child);
    await open();
  });

  it.each([
    ['a file of somebody', { 'notes.txt': 'hello' }, 'notes.txt'],
    ['a mongod', { WiredTiger: 'WiredTiger 12.0', 'mongod.lock': '1' }, 'mongod'],
    ['another LMDB program', { 'data.mdb': 'x'.repeat(9000) }, 'another program'],
    ['a later version', { 'storage.json': '{"engine":"lmdb","formatVersion":2,"complete":true}' }, 'version 2'],
    ['another engine', { 'storage.json': '{"engine":"other","formatVersion":1}' }, '"other"'],
    ['a torn format file', { 'storage.json': '{"engi' }, 'not JSON'],
    ['a format file of nothing', { 'storage.json': 'null' }, 'null'],
  ])('is refused and left alone when it holds %s', async (_, files, named) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dbPath, name), text);
    const before = contents();
    const error = await openError();
    expect(error.codeName).toBe('UnsupportedFormat');
    expect(error.message).toContain(named);
    expect(error.message).toContain(dbPath);
    expect(contents()).toEqual(before);
  });

  it('is refused when it is a file', async () => {
    dbPath = path.join(dbPath, 'file');
    writeFileSync(dbPath, 'x');
    expect((await openError()).codeName).toBe('FileNotOpen');
  });

  it('takes up a first start that was interrupted', async () => {
    writeFileSync(path.join(dbPath, 'storage.json'), '{"engine":"lmdb","formatVersion":1,"complete":false}\n');
    writeFileSync(path.join(dbPath, 'data.mdb'), 'torn');
    await open();
    await put('a', 1);
    await close();
    expect(await (await open()).tableSize(1)).toEqual({ records: 1, bytes: 2 });
  });
});

describe('a damaged data file', () => {
  beforeEach(async () => {
    await open();
    for (let index = 0; index < 20; index++) await put(`k${index}`, 200_000);
    await close();
  });

  it.each([
    ['missing', (file: string) => rmSync(file), 'missing'],
    ['emptied', (file: string) => truncateSync(file, 0), 'does not begin'],
    ['cut off in its head', (file: string) => truncateSync(file, 4200), 'head page'],
    ['cut off later', (file: string) => truncateSync(file, 20_480), 'cut off'],
    ['something else', (file: string) => writeFileSync(file, 'x'.repeat(100_000)), 'does not begin'],
  ])('is refused and left alone when it is %s', async (_, damage, named) => {
    const file = path.join(dbPath, 'data.mdb');
    damage(file);
    const before = existsSync(file) ? readFileSync(file) : undefined;
    const error = await openError();
    expect(error.codeName).toBe('UnsupportedFormat');
    expect(error.message).toContain(named);
    expect(error.message).toContain(file);
    expect(existsSync(file) ? readFileSync(file) : undefined).toEqual(before);
  });

  it('is refused when it belongs to another kind of store', async () => {
    const other = mkdtempSync(path.join(tmpdir(), 'sojourn-lmdb-'));
    try {
      const { RecordStore } = await import('./record-store.ts');
      const store = new RecordStore(other);
      await store.put(1, 'a', Buffer.from('x')).flushed;
      await store.close();
      cpSync(path.join(other, 'data.mdb'), path.join(dbPath, 'data.mdb'));
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
    expect((await openError()).message).toContain('no format record');
  });
});

describe('a process that ends without warning', () => {
  it('loses nothing that it has acknowledged as journaled, however often it is killed', async () => {
    const acknowledged = new Set<number>();
    for (let round = 0; round < 3; round++) {
      const { child, lines } = start('write');
      expect((await lines.next()).value).toBe('ready');
      for (let count = 0; count < 150; count++) acknowledged.add(Number((await lines.next()).value));
      await kill(child);
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
        if (/^\d+$/.test(line.value)) acknowledged.add(Number(line.value));
      }
    }
    const opened = await open();
    const reader = await opened.begin();
    const first = await reader.scan(1, {}, { limit: 100_000 });
    const second = await reader.scan(2, {}, { limit: 100_000 });
    reader.abort();
    const found = new Set(first.keys.map(Number));
    expect([...acknowledged].filter((number) => !found.has(number))).toEqual([]);
    expect(second.keys).toEqual(first.keys);
    expect((await opened.tableSize(1)).records).toBe(first.keys.length);
    expect(acknowledged.size).toBeGreaterThanOrEqual(450);
  }, 20_000);
});

describe.skipIf(process.platform === 'win32')('a disk that is full', () => {
  it('fails the commit, keeps what was there and serves on', async () => {
    // The shell limits the size of files instead of the disk: blocks of 512 bytes, and no signal for passing the limit.
    const { child, lines } = start('fill', "trap '' XFSZ; ulimit -f 8192;");
    const told: string[] = [];
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) told.push(line.value);
    const [, committed, failure, ...later] = told;
    expect(told[0]).toBe('ready');
    expect(Number(committed)).toBeGreaterThan(10);
    expect(failure).toBe('OutOfDiskSpace');
    expect(later).toEqual([`found ${committed}`, 'removed', 'put', 'closed']);
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    const reopened = await open();
    expect((await reopened.tableSize(1)).records).toBe(Number(committed) / 2 + 1);
    expect(statSync(path.join(dbPath, 'data.mdb')).size).toBeLessThanOrEqual(8192 * 512);
  }, 20_000);
});
