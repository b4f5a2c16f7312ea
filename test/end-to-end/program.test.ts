import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, MongoNetworkError } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '../../src/index.ts';
import { Program } from './program.ts';

const programs: Program[] = [];
const directories: string[] = [];

/** Starting a process takes its time on a busy machine. */
const patienceMs = 60_000;

/** How long a client that outlives its server looks for it when it is closed. */
const quickMs = 5000;

function run(...words: string[]): Program {
  const program = new Program(...words);
  programs.push(program);
  return program;
}

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sojourn-program-'));
  directories.push(directory);
  return directory;
}

afterEach(async () => {
  for (const program of programs.splice(0)) if (program.process.exitCode === null) await program.end('SIGKILL');
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

describe('the program', { timeout: patienceMs }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says one line when it is ready and ends with 0 at %s', async (signal) => {
    const program = run('--port', '0', '--storageEngine', 'memory');
    const uri = await program.uri();
    expect(uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/\?replicaSet=rs0$/);
    const client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: quickMs });
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
    const { exitCode, stdout, stderr } = await program.end(signal);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([expect.stringContaining(uri), '']);
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
    await client.close();
  });

  it('keeps what was written for the next start', async () => {
    const directory = await newDirectory();
    const first = run('--port', '0', '--dbpath', directory);
    const writer = await MongoClient.connect(await first.uri());
    await writer.db('shop').collection('orders').insertOne({ item: 'book' });
    await writer.close();
    expect((await first.end('SIGTERM')).exitCode).toBe(0);
    const second = run('--port', '0', '--dbpath', directory);
    const reader = await MongoClient.connect(await second.uri());
    expect(await reader.db('shop').collection('orders').findOne({})).toMatchObject({ item: 'book' });
    await reader.close();
  });

  it('ends with 48 and the reason where its port is taken', async () => {
    await using other = await startServer({ storageEngine: 'memory' });
    const { exitCode, stdout, stderr } = await run('--port', String(other.port), '--storageEngine', 'memory').ended;
    expect(exitCode).toBe(48);
    expect(stdout).toBe('');
    expect(stderr).toContain('Address already in use');
  });

  it('ends with 100 and the reason where another process serves its directory', async () => {
    const directory = await newDirectory();
    await run('--port', '0', '--dbpath', directory).uri();
    const { exitCode, stderr } = await run('--port', '0', '--dbpath', directory).ended;
    expect(exitCode).toBe(100);
    expect(stderr).toContain('in use');
  });

  it('ends with 2 where an option or a server parameter is wrong', async () => {
    expect(await run('--port', 'x').ended).toMatchObject({ exitCode: 2, stdout: '' });
    const unknown = await run('--port', '0', '--storageEngine', 'memory', '--setParameter', 'nothing=1').ended;
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('nothing') });
  });

  it('shows a standalone where it is asked to', async () => {
    const program = run('--port', '0', '--storageEngine', 'memory', '--standalone');
    const uri = await program.uri();
    expect(uri).not.toContain('replicaSet');
    const client = await MongoClient.connect(uri);
    const hello = await client.db('admin').command({ hello: 1 });
    expect(hello).toMatchObject({ isWritablePrimary: true, logicalSessionTimeoutMinutes: 30 });
    expect(hello).not.toHaveProperty('setName');
    expect(hello).not.toHaveProperty('$clusterTime');
    await client.close();
  });

  it('stops where a client sends shutdown', async () => {
    const program = run('--port', '0', '--storageEngine', 'memory');
    const client = await MongoClient.connect(await program.uri(), { serverSelectionTimeoutMS: quickMs });
    // The server may be gone before its answer arrives; any other failure is one.
    await client
      .db('admin')
      .command({ shutdown: 1 })
      .catch((error: unknown) => expect(error).toBeInstanceOf(MongoNetworkError));
    expect((await program.ended).exitCode).toBe(0);
    await client.close();
  });

  it.runIf(process.platform !== 'win32')(
    'asks for a login where it has a key file, which nobody else may read',
    async () => {
      const keyFile = join(await newDirectory(), 'key');
      await writeFile(keyFile, 'c2VjcmV0IG9mIHRoZSBjbHVzdGVy', { mode: 0o644 });
      const words = ['--port', '0', '--storageEngine', 'memory', '--keyFile', keyFile];
      const refused = await run(...words).ended;
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(keyFile)]);
      await chmod(keyFile, 0o600);
      const client = await MongoClient.connect(await run(...words).uri());
      await expect(client.db('shop').collection('items').insertOne({})).rejects.toMatchObject({ code: 13 });
      await client.close();
    },
  );
});
