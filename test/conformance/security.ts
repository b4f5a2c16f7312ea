/** Servers that ask for a login, for encryption, or for both: what they are started with and how clients reach them. */
import { MongoClient } from 'mongodb';
import type { CertificateAuthority } from '../../src/auth/certificate.fake.ts';

export interface SecurityKind {
  /** Clients log in, by SCRAM, as a user who may do everything. */
  readonly auth?: boolean | undefined;
  readonly tls?: boolean | undefined;
}

/** What a server needs to be started so, and what its connection string lacks. */
export interface Security {
  readonly words: readonly string[];
  /** Makes the connection string of a server that has started one that clients can use. */
  complete(uri: string): Promise<string>;
}

const user = { name: 'conformance', password: 'pencil' };

export async function openSecurity({ auth = false, tls = false }: SecurityKind): Promise<Security> {
  const authority = tls ? await ownAuthority() : undefined;
  const certificate = await authority?.issue({ subject: 'CN=127.0.0.1' });
  const words = [
    ...(auth ? ['--auth'] : []),
    ...(certificate === undefined ? [] : ['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', certificate.file]),
  ];
  return {
    words,
    async complete(uri) {
      const encrypted = authority === undefined ? uri : `${uri}&tlsCAFile=${encodeURIComponent(authority.file)}`;
      return auth ? withFirstUser(encrypted) : encrypted;
    },
  };
}

/** Makes the first user, as anybody on this machine may. */
async function withFirstUser(uri: string): Promise<string> {
  const client = await MongoClient.connect(uri);
  try {
    await client.db('admin').command({ createUser: user.name, pwd: user.password, roles: ['root'] });
  } finally {
    await client.close();
  }
  return uri.replace('mongodb://', `mongodb://${user.name}:${user.password}@`);
}

let authority: Promise<CertificateAuthority> | undefined;

function ownAuthority(): Promise<CertificateAuthority> {
  authority ??= import('../../src/auth/certificate.fake.ts').then((module) => module.CertificateAuthority.create());
  return authority;
}

/** Removes what was made for all of them. */
export async function closeSecurity(): Promise<void> {
  await (await authority)?.close();
  authority = undefined;
}
