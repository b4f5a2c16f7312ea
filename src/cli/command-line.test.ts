import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, type Exit, parseCommandLine } from './command-line.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sojourn-options-'));
});

afterAll(() => rm(directory, { recursive: true }));

async function file(content: string): Promise<string> {
  const path = join(directory, 'sojourn.yaml');
  await writeFile(path, content);
  return path;
}

async function parsed(...words: string[]): Promise<CommandLine> {
  const result = await parseCommandLine(words);
  if ('exitCode' in result) throw new TypeError(result.stderr);
  return result;
}

async function refused(...words: string[]): Promise<Exit> {
  const result = await parseCommandLine(words);
  if ('exitCode' in result) return result;
  throw new TypeError('accepted');
}

describe('the command line', () => {
  it('has defaults that serve this machine from ./data on LMDB', async () => {
    expect((await parsed()).options).toEqual({
      dbPath: './data',
      port: 27017,
      bindIp: '127.0.0.1',
      bindIpAll: false,
      authorization: 'disabled',
      keyFile: '',
      transitionToAuth: false,
      javascriptEnabled: true,
      replSet: 'rs0',
      standalone: false,
      storageEngine: 'lmdb',
      logPath: '',
      logDestination: 'file',
      logAppend: true,
      quiet: false,
      verbosity: 0,
      maxConns: 1_000_000,
      tlsMode: 'disabled',
      tlsCertificateKeyFile: '',
      tlsCertificateKeyFilePassword: '',
      tlsCAFile: '',
      tlsCRLFile: '',
      tlsAllowConnectionsWithoutCertificates: false,
      tlsAllowInvalidCertificates: false,
      tlsAllowInvalidHostnames: false,
      tlsDisabledProtocols: '',
    });
  });

  it("takes mongod's options", async () => {
    const words =
      '--dbpath /d --port=0 --bind_ip localhost,::1 --replSet rs7 --standalone --storageEngine memory'.split(' ');
    const { options } = await parsed(...words, '--logpath', 'x.log', '--quiet', '-vv', '-v');
    expect(options).toMatchObject({ dbPath: '/d', port: 0, bindIp: 'localhost,::1', replSet: 'rs7', standalone: true });
    expect(options).toMatchObject({ storageEngine: 'memory', logPath: 'x.log', quiet: true, verbosity: 3 });
  });

  it('collects server parameters', async () => {
    const { parameters } = await parsed('--setParameter', 'a=1', '--setParameter', 'b=x=y');
    expect(parameters).toEqual({ a: '1', b: 'x=y' });
  });

  it.each([
    [['--port', 'many'], '--port'],
    [['--port', '65536'], '--port'],
    [['--storageEngine', 'wiredTiger'], 'one of memory, lmdb'],
    [['--nonsense'], '--nonsense'],
    [['stray'], 'too many arguments'],
    [['--setParameter', 'novalue'], 'name=value'],
    [['--config', '/does/not/exist'], '/does/not/exist'],
    [['--dbpath', ''], '--dbpath'],
  ])('refuses %j with exit code 2, naming what is wrong', async (words, named) => {
    const { exitCode, stderr } = await refused(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(named);
  });

  it('answers --help and --version on stdout with exit code 0', async () => {
    const help = await refused('--help');
    expect([help.exitCode, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('--storageEngine');
    const version = await refused('--version');
    expect([version.exitCode, version.stderr]).toEqual([0, '']);
    expect(version.stdout).toMatch(/^sojourn \d+\.\d+\.\d+/);
  });
});

describe('the configuration file', () => {
  it('gives options that the command line overrides', async () => {
    const config = await file(
      'net:\n  port: 27117\n  bindIp: 127.0.0.1\nstorage:\n  dbPath: /data\n  engine: memory\nreplication.replSetName: rs1\n',
    );
    const { options, parsed: shown } = await parsed('-f', config, '--port', '0');
    expect(options).toMatchObject({ port: 0, dbPath: '/data', storageEngine: 'memory', replSet: 'rs1' });
    expect(shown).toEqual({
      config,
      storage: { dbPath: '/data', engine: 'memory' },
      net: { port: 0, bindIp: '127.0.0.1' },
      replication: { replSetName: 'rs1' },
    });
  });

  it('gives server parameters, which the command line overrides one by one', async () => {
    const config = await file('setParameter:\n  enableTestCommands: true\n  cursorTimeoutMillis: 5\n');
    const { parameters } = await parsed('--config', config, '--setParameter', 'cursorTimeoutMillis=7');
    expect(parameters).toEqual({ enableTestCommands: true, cursorTimeoutMillis: '7' });
  });

  it('switches scripts off by a flag or in the file', async () => {
    const { options, parsed: shown } = await parsed('--noscripting');
    expect(options.javascriptEnabled).toBe(false);
    expect(shown).toEqual({ security: { javascriptEnabled: false } });
    const quiet = await file('security:\n  javascriptEnabled: false\n');
    expect((await parsed('-f', quiet)).options.javascriptEnabled).toBe(false);
  });

  it('switches access control on as mongod does, by a word or a flag', async () => {
    const secured = await file('security:\n  authorization: enabled\n  keyFile: /k\n  transitionToAuth: true\n');
    const { options, parsed: shown } = await parsed('-f', secured);
    expect(options).toMatchObject({ authorization: 'enabled', keyFile: '/k', transitionToAuth: true });
    expect(shown.security).toEqual({ authorization: 'enabled', keyFile: '/k', transitionToAuth: true });
    expect((await parsed('--auth')).parsed).toEqual({ security: { authorization: 'enabled' } });
    expect((await parsed('-f', await file('security:\n  authorization: disabled\n'))).options.authorization).toBe(
      'disabled',
    );
  });

  it('may be empty', async () => {
    expect((await parsed('-f', await file(''))).options.port).toBe(27017);
  });

  it.each([
    ['net:\n  prot: 1\n', 'net.prot'],
    ['security:\n  authorization: perhaps\n', 'security.authorization'],
    ['nett: 1\n', 'nett'],
    ['net:\n  port: many\n', 'net.port'],
    ['replication:\n  standalone: 1\n', 'replication.standalone'],
    ['setParameter:\n  a: [1]\n', 'setParameter.a'],
    ['- 1\n', 'options by name'],
    ['a: b: c', 'not YAML'],
  ])('is refused for %j, naming the key', async (content, named) => {
    const { exitCode, stderr } = await refused('-f', await file(content));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(named);
  });
});
