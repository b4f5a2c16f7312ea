import { rename } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CertificateAuthority, type Issued } from '../../src/auth/certificate.fake.ts';
import { ManualClock } from '../../src/clock/manual-clock.ts';
import { isMongoError } from '../../src/error/mongo-error.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/index.ts';
import { messageFrame } from '../../src/server/wire-client.fake.ts';
import { Program } from './program.ts';

type TlsSettings = NonNullable<ServerOptions['tls']>;

let authority: CertificateAuthority;
let strangers: CertificateAuthority;
let serverCertificate: Issued;
let alice: Issued;
const servers: RunningServer[] = [];
const clients: MongoClient[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  strangers = await CertificateAuthority.create('CN=Somebody Else');
  serverCertificate = await authority.issue({ subject: 'O=Sojourn,CN=server' });
  alice = await authority.issue({ subject: 'O=Sojourn,CN=alice' });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) await server.stop();
});

afterAll(async () => {
  await authority.close();
  await strangers.close();
});

async function serve(tls: TlsSettings = {}, options: ServerOptions = {}): Promise<RunningServer> {
  const certificateKeyFile = serverCertificate.file;
  const server = await startServer({ ...options, tls: { certificateKeyFile, caFile: authority.file, ...tls } });
  servers.push(server);
  return server;
}

function client({ port }: RunningServer, options: MongoClientOptions = {}): MongoClient {
  const made = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1000,
    ...options,
  });
  clients.push(made);
  return made;
}

const secured = (): MongoClientOptions => ({ tls: true, tlsCAFile: authority.file, tlsCertificateKeyFile: alice.file });
const ping = (server: RunningServer, options?: MongoClientOptions): Promise<unknown> =>
  client(server, options).db('admin').command({ ping: 1 });

describe('a server with TLS', () => {
  it('serves clients whose certificate its authority signed', async () => {
    const server = await serve();
    expect(server.uri).toMatch(/tls=true$/);
    expect(await ping(server, secured())).toMatchObject({ ok: 1 });
  });

  it('turns away whoever comes without TLS where it is required', async () => {
    await expect(ping(await serve())).rejects.toThrow();
  });

  it.each(['allowTLS', 'preferTLS'] as const)('serves both kinds on one port with %s', async (mode) => {
    const server = await serve({ mode });
    expect(await ping(server)).toMatchObject({ ok: 1 });
    expect(await ping(server, secured())).toMatchObject({ ok: 1 });
    const status = await client(server).db('admin').command({ serverStatus: 1 });
    expect(status.security).toMatchObject({
      SSLServerSubjectName: 'CN=server,O=Sojourn',
      SSLServerHasCertificateAuthority: true,
      SSLServerCertificateExpirationDate: expect.any(Date),
    });
    expect(status.transportSecurity['1.3']).toBeGreaterThan(0);
  });

  it('serves a message that arrives in single bytes beside TLS', async () => {
    const server = await serve({ mode: 'preferTLS' });
    const socket = connect(server.port, '127.0.0.1');
    sockets.push(socket);
    const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    for (const byte of messageFrame({ ping: 1 })) socket.write(Buffer.from([byte]));
    expect((await answered).readInt32LE(12)).toBe(2013);
  });

  it('does without a client certificate only where it may', async () => {
    const without = { tls: true, tlsCAFile: authority.file };
    await expect(ping(await serve(), without)).rejects.toThrow();
    expect(await ping(await serve({ allowConnectionsWithoutCertificates: true }), without)).toMatchObject({ ok: 1 });
    expect(await ping(await serve({ caFile: undefined }), without)).toMatchObject({ ok: 1 });
  });

  it('refuses certificates of other authorities, expired ones and those taken back, unless any will do', async () => {
    const bad = [
      await strangers.issue({ subject: 'O=Sojourn,CN=alice' }),
      await authority.issue({ subject: 'CN=late', isExpired: true }),
      await authority.issue({ subject: 'CN=revoked' }),
    ];
    const crlFile = await authority.revoke(bad[2] as Issued);
    const strict = await serve({ crlFile, allowConnectionsWithoutCertificates: true });
    const lax = await serve({ crlFile, allowInvalidCertificates: true });
    expect(await ping(strict, secured())).toMatchObject({ ok: 1 });
    for (const { file } of bad) {
      await expect(ping(strict, { ...secured(), tlsCertificateKeyFile: file })).rejects.toThrow();
      expect(await ping(lax, { ...secured(), tlsCertificateKeyFile: file })).toMatchObject({ ok: 1 });
    }
  });

  it('speaks TLS 1.2 and 1.3, nothing older, and not what is disabled', async () => {
    const spoken = async (disabled: readonly string[], version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => {
      const { port } = await serve({ disabledProtocols: disabled, allowConnectionsWithoutCertificates: true });
      return new Promise<string | null>((resolve) => {
        const socket: TLSSocket = connectSecurely(
          { port, host: '127.0.0.1', rejectUnauthorized: false, minVersion: version, maxVersion: version },
          () => resolve(socket.getProtocol()),
        );
        sockets.push(socket);
        socket.on('error', () => resolve(null));
      });
    };
    expect(await spoken([], 'TLSv1.1')).toBeNull();
    expect(await spoken([], 'TLSv1.2')).toBe('TLSv1.2');
    expect(await spoken([], 'TLSv1.3')).toBe('TLSv1.3');
    expect(await spoken(['TLS1_2'], 'TLSv1.2')).toBeNull();
    expect(await spoken(['TLS1_0', 'TLS1_3'], 'TLSv1.3')).toBeNull();
  });

  it('reads a key that is encrypted', async () => {
    const locked = await authority.issue({ subject: 'CN=server', password: 'open sesame' });
    const tls = { certificateKeyFile: locked.file, certificateKeyFilePassword: 'open sesame' };
    expect(await ping(await serve(tls), secured())).toMatchObject({ ok: 1 });
    await expect(serve({ certificateKeyFile: locked.file })).rejects.toThrow(locked.file);
  });

  it('takes new certificates while it runs, and keeps the old where the new are wrong', async () => {
    const file = await authority.write('rotating.pem', serverCertificate.certificatePem + serverCertificate.keyPem);
    const server = await serve({ certificateKeyFile: file });
    const admin = client(server, secured()).db('admin');
    await admin.command({ ping: 1 });
    const shown = async () => (await admin.command({ serverStatus: 1 })).security.SSLServerSubjectName;

    const next = await authority.issue({ subject: 'CN=next' });
    await authority.write('rotating.pem', next.certificatePem + serverCertificate.keyPem);
    await expect(admin.command({ rotateCertificates: 1 })).rejects.toMatchObject({ code: 140 });
    const expired = await authority.issue({ subject: 'CN=expired', isExpired: true });
    await rename(expired.file, file);
    await expect(admin.command({ rotateCertificates: 1 })).rejects.toMatchObject({
      code: 140,
      errmsg: expect.stringContaining('has expired'),
    });
    expect(await shown()).toBe('CN=server,O=Sojourn');
    expect(await ping(server, secured())).toMatchObject({ ok: 1 });

    await rename(next.file, file);
    expect(await admin.command({ rotateCertificates: 1 })).toMatchObject({ ok: 1 });
    expect(await shown()).toBe('CN=next');
    const socket = connectSecurely({
      port: server.port,
      host: '127.0.0.1',
      ca: authority.certificate.toString('pem'),
      ...{ cert: alice.certificatePem, key: alice.keyPem },
    });
    sockets.push(socket);
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    expect(socket.getPeerCertificate().subject.CN).toBe('next');
  });

  it('cuts who never finishes the handshake, by its clock, and counts them meanwhile', async () => {
    const clock = new ManualClock(Date.now());
    const server = await serve({ mode: 'preferTLS' }, { clock });
    const closed: Promise<void>[] = [];
    for (const beginning of ['', '\x16', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03aaaaaaaaaa']) {
      const socket = connect(server.port, '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => undefined);
      closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(Buffer.from(beginning, 'latin1'));
    }
    const status = client(server).db('admin');
    const current = async () => (await status.command({ serverStatus: 1 })).connections.current;
    expect(await current()).toBeGreaterThanOrEqual(4);
    const before = await current();
    clock.advance(31_000);
    await Promise.all(closed);
    expect(await current()).toBe(before - 3);
  });
});

describe('a server that is to have TLS', () => {
  it('does not start with a certificate that has expired or is not yet valid, by its clock, and says when it is', async () => {
    const expired = await authority.issue({ subject: 'CN=server', isExpired: true });
    const early = await authority.issue({ subject: 'CN=server', isEarly: true });
    const { notAfter } = expired.certificate;
    const { notBefore } = early.certificate;
    const cases: [Issued, Date, Date][] = [
      [expired, notAfter, new Date(notAfter.getTime() - 1000)],
      [early, notBefore, new Date(notBefore.getTime() + 1000)],
    ];
    for (const [{ file }, told, valid] of cases) {
      const refused = serve({ certificateKeyFile: file });
      await expect(refused).rejects.toMatchObject({ codeName: 'InvalidSSLConfiguration' });
      await expect(refused).rejects.toThrow(file);
      await expect(refused).rejects.toThrow(told.toISOString());
      await serve({ certificateKeyFile: file }, { clock: new ManualClock(valid.getTime()) });
    }
  });

  it('takes the authorities of the system where it is told to and has no file of its own', async () => {
    vi.stubEnv('SSL_CERT_FILE', authority.file);
    const options = { parameters: { tlsUseSystemCA: true } };
    const server = await serve({ caFile: undefined }, options);
    expect(await ping(server, secured())).toMatchObject({ ok: 1 });
    await expect(ping(server, { tls: true, tlsCAFile: authority.file })).rejects.toThrow();
    const stranger = await strangers.issue({ subject: 'O=Sojourn,CN=alice' });
    await expect(ping(server, { ...secured(), tlsCertificateKeyFile: stranger.file })).rejects.toThrow();
    vi.stubEnv('SSL_CERT_FILE', strangers.file);
    await expect(ping(await serve({}, options), secured())).resolves.toMatchObject({ ok: 1 });
    vi.unstubAllEnvs();
  });

  it('does not start with a file that is wrong, and names it', async () => {
    const nowhere = `${authority.file}.missing`;
    const other = await authority.issue({ subject: 'CN=other' });
    const mixed = await authority.write('mixed.pem', other.certificatePem + alice.keyPem);
    const keyless = await authority.write('keyless.pem', other.certificatePem);
    const cases: [TlsSettings, string][] = [
      [{ certificateKeyFile: nowhere }, nowhere],
      [{ certificateKeyFile: mixed }, mixed],
      [{ certificateKeyFile: keyless }, keyless],
      [{ caFile: nowhere }, nowhere],
      [{ caFile: await authority.write('empty.pem', '') }, 'empty.pem'],
      [{ crlFile: authority.file }, authority.file],
    ];
    for (const [settings, name] of cases) {
      const refused = await serve(settings).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(isMongoError(refused, 'InvalidSSLConfiguration'), name).toBe(true);
      expect(String(refused)).toContain(name);
    }
  });

  it('starts as a program with the options and the file of mongod, and ends with 2 where they are wrong', async () => {
    const words = ['--port', '0', '--storageEngine', 'memory', '--tlsMode', 'requireTLS'];
    const bad = await new Program(...words, '--tlsCertificateKeyFile', '/nowhere.pem').ended;
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain('/nowhere.pem');
    const { file } = await authority.issue({ subject: 'CN=server', isExpired: true });
    const late = await new Program(...words, '--tlsCertificateKeyFile', file).ended;
    expect(late.exitCode).toBe(2);
    expect(late.stderr).toContain(`the certificate in ${file} has expired: it was valid until 20`);

    const locked = await authority.issue({ subject: 'CN=server', password: 'open sesame' });
    const yaml = `net:
  port: 0
  tls:
    mode: requireTLS
    certificateKeyFile: ${locked.file}
    certificateKeyFilePassword: open sesame
    CAFile: ${authority.file}
storage:
  engine: memory
`;
    const program = new Program('--config', await authority.write('sojourn.yaml', yaml));
    try {
      const made = new MongoClient(await program.uri(), { ...secured(), serverSelectionTimeoutMS: 5000 });
      clients.push(made);
      const shown = await made.db('admin').command({ getCmdLineOpts: 1 });
      expect(shown.parsed.net.tls).toMatchObject({ mode: 'requireTLS', certificateKeyFilePassword: '<password>' });
      expect(JSON.stringify(shown)).not.toContain('sesame');
      await made.close();
    } finally {
      await program.end('SIGTERM');
    }
  });
});
