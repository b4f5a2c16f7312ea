/** What becomes of the password that createUser and updateUser are given. */

import { iterationParameters } from '../../access/internal-user.ts';
import { type Credentials, isScramMechanism, type ScramMechanism, scramMechanisms } from '../../auth/credential.ts';
import { makeCredential, scramKinds } from '../../auth/scram-credential.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Services } from '../services.ts';

export interface GivenPassword {
  readonly user: string;
  readonly password: string;
  /** As the command names them; undefined: all that go with the form of the password. */
  readonly mechanisms: readonly ScramMechanism[] | undefined;
  /** False: the client has digested it, which serves SCRAM-SHA-1 alone. */
  readonly digestPassword: boolean;
}

/** Checks the `mechanisms` of a command. Throws BadValue for none, an unknown one, or one that is switched off. */
export function parseMechanisms({ login }: Services, names: readonly string[]): ScramMechanism[] {
  if (names.length === 0) throw new MongoError('BadValue', 'mechanisms field must not be empty');
  return names.map((name) => {
    if (!isScramMechanism(name)) throw new MongoError('BadValue', `Unknown auth mechanism '${name}'`);
    if (!login.mechanisms.includes(name)) throw new MongoError('BadValue', `mechanism '${name}' is not enabled`);
    return name;
  });
}

/** Hashes a password for each mechanism. Throws BadValue for an empty one and for forms that do not go together. */
export async function makeCredentials(services: Services, given: GivenPassword): Promise<Credentials> {
  const { user, password, digestPassword } = given;
  if (password === '') throw new MongoError('BadValue', 'Password cannot be empty');
  if (!digestPassword && given.mechanisms?.includes('SCRAM-SHA-256') === true) {
    throw new MongoError('BadValue', 'Use of SCRAM-SHA-256 requires undigested passwords');
  }
  const credentials: { -readonly [Name in keyof Credentials]: Credentials[Name] } = {};
  for (const mechanism of given.mechanisms ?? defaultMechanisms(services, digestPassword)) {
    credentials[mechanism] = await makeCredential({
      mechanism,
      user,
      password,
      isDigested: !digestPassword,
      iterationCount: services.parameters.get(iterationParameters[mechanism]),
      salt: services.randomness.bytes(scramKinds[mechanism].saltBytes),
    });
  }
  return credentials;
}

function defaultMechanisms({ login }: Services, digestPassword: boolean): ScramMechanism[] {
  const fitting = scramMechanisms.filter((mechanism) => digestPassword || mechanism === 'SCRAM-SHA-1');
  const enabled = fitting.filter((mechanism) => login.mechanisms.includes(mechanism));
  if (enabled.length > 0) return enabled;
  throw new MongoError('BadValue', 'no mechanism that keeps passwords is enabled');
}
