import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority, type Issued } from '../../src/auth/certificate.fake.ts';
import { type RunningServer, startServer } from '../../src/index.ts';

const alice = 'CN=alice,OU=Clients,O=Sojourn';
const authenticationFailed = 18;

let authority: CertificateAuthority;
let strangers: CertificateAuthority;
let aliceCertificate: Issued;
let server: RunningServer;
const clients: MongoClient[] = [];

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  strangers = await CertificateAuthority.create('CN=Somebody Else');
  const own = await authority.issue({ subject: 'CN=server' });
  aliceCertificate = await authority.issue({ subject: 'O=Sojourn,OU=Clients,CN=alice' });
  server = await startServer({
    auth: true,
    parameters: { authFailedDelayMs: 0 },
    tls: {
      mode: 'preferTLS',
      certificateKeyFile: own.file,
      caFile: authority.file,
      allowConnectionsWithoutCertificates: true,
      allowInvalidCertificates: true,
    },
  });
  const first = await connect();
  await first.db('admin').command({ createUser: 'root', pwd: 'p', roles: ['root'] });
  const root = await connect({ auth: { username: 'root', password: 'p' } });
  await root.db('$external').command({ createUser: alice, roles: [{ role: 'readWrite', db: 'shop' }] });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

afterAll(async () => {
  await server.stop();
  await authority.close();
  await strangers.close();
});

function connect(options: MongoClientOptions = {}): Promise<MongoClient> {
  const client = new MongoClient(`mongodb://127.0.0.1:${server.port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 5000,
    maxPoolSize: 1,
    ...options,
  });
  clients.push(client);
  return client.connect();
}

/** Over TLS, with this certificate or none. */
async function external(certificate: Issued | undefined, options: MongoClientOptions = {}): Promise<Db> {
  const tls = { tls: true, tlsCAFile: authority.file, ...(certificate && { tlsCertificateKeyFile: certificate.file }) };
  return (await connect({ ...tls, ...options })).db('$external');
}

const login = { authenticate: 1, mechanism: 'MONGODB-X509' };

describe('a login by certificate', () => {
  it.each([
    { authMechanism: 'MONGODB-X509' },
    { auth: { username: alice, password: '' }, authMechanism: 'MONGODB-X509' },
  ] as const)('is what a driver does with %j', async (options) => {
    const database = await external(aliceCertificate, options);
    const { authInfo } = await database.command({ connectionStatus: 1 });
    expect(authInfo.authenticatedUsers).toEqual([{ user: alice, db: '$external' }]);
    const { client } = database;
    await client.db('shop').collection<{ _id: number }>('orders').insertOne({ _id: Date.now() });
    await expect(client.db('other').collection('c').findOne()).rejects.toMatchObject({ code: 13 });
  });

  it('answers with the subject, given as a name or not', async () => {
    const database = await external(aliceCertificate);
    expect(await database.command(login)).toMatchObject({ dbname: '$external', user: alice, ok: 1 });
    expect(await database.command({ ...login, user: alice })).toMatchObject({ user: alice });
  });

  it('needs TLS, a certificate, one that is valid, the name in it, and a user of that name', async () => {
    const plain = (await connect()).db('$external');
    await expect(plain.command(login)).rejects.toMatchObject({ code: authenticationFailed, message: /SSL/ });
    const without = await external(undefined);
    await expect(without.command(login)).rejects.toMatchObject({ code: authenticationFailed, message: /No verified/ });
    const forged = await external(await strangers.issue({ subject: 'O=Sojourn,OU=Clients,CN=alice' }));
    await expect(forged.command(login)).rejects.toMatchObject({ code: authenticationFailed, message: /No verified/ });
    const bob = await external(await authority.issue({ subject: 'O=Sojourn,OU=Clients,CN=bob' }));
    await expect(bob.command({ ...login, user: alice })).rejects.toMatchObject({ code: authenticationFailed });
    await expect(bob.command(login)).rejects.toMatchObject({ code: authenticationFailed });
    await expect(bob.client.db('admin').command(login)).rejects.toMatchObject({ code: 17 });
  });
});
