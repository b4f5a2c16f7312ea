/** Making what is kept of a password (RFC 5802, RFC 7677; MongoDB hashes user, name and password with MD5 for SHA-1). */
import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { ScramCredential, ScramMechanism } from './credential.ts';
import { preparePassword } from './sasl-prep.ts';

const derive = promisify(pbkdf2);

interface ScramKind {
  /** The hash by the name that node:crypto has for it. */
  readonly hash: 'sha1' | 'sha256';
  readonly hashBytes: number;
  readonly saltBytes: number;
}

export const scramKinds: Readonly<Record<ScramMechanism, ScramKind>> = {
  'SCRAM-SHA-1': { hash: 'sha1', hashBytes: 20, saltBytes: 16 },
  'SCRAM-SHA-256': { hash: 'sha256', hashBytes: 32, saltBytes: 28 },
};

/** What MongoDB's clients hash in place of a password for SCRAM-SHA-1: 32 hexadecimal digits. */
export function digestPassword(user: string, password: string): string {
  return createHash('md5').update(`${user}:mongo:${password}`, 'utf8').digest('hex');
}

export interface PasswordToKeep {
  readonly mechanism: ScramMechanism;
  readonly user: string;
  readonly password: string;
  /** The client has made the digest for SCRAM-SHA-1 itself. */
  readonly isDigested: boolean;
  readonly iterationCount: number;
  /** `saltBytes` of the mechanism, fresh. */
  readonly salt: Buffer;
}

/** Hashes a password in another thread. Throws BadValue where SASLprep prohibits it. */
export async function makeCredential(given: PasswordToKeep): Promise<ScramCredential> {
  const { hash, hashBytes } = scramKinds[given.mechanism];
  const { salt, iterationCount } = given;
  const salted = await derive(await secretOf(given), salt, iterationCount, hashBytes, hash);
  const hmac = (text: string): Buffer => createHmac(hash, salted).update(text, 'utf8').digest();
  const storedKey = createHash(hash).update(hmac('Client Key')).digest();
  return { iterationCount, salt, storedKey, serverKey: hmac('Server Key') };
}

function secretOf({ mechanism, user, password, isDigested }: PasswordToKeep): string | Promise<string> {
  if (mechanism === 'SCRAM-SHA-256') return preparePassword(password);
  return isDigested ? password : digestPassword(user, password);
}
