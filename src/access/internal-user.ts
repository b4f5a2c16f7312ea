/**
 * The user that the members of one cluster are to each other, and an operator who has their key file: `__system` of `local`
 * (manual, "Keyfiles"). It exists only where a key file is given, and in no collection, so that no command lists, changes or
 * drops it. Its passwords are the keys of the file: of several, any lets in, so that a key can be changed while members run.
 */
import { type Credentials, type ScramCredential, type ScramMechanism, scramMechanisms } from '../auth/credential.ts';
import { decoySalt } from '../auth/scram-conversation.ts';
import { makeCredential } from '../auth/scram-credential.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { ParameterName } from '../parameter/table.ts';
import type { User } from './user-store.ts';

/** How often new passwords are hashed. */
export const iterationParameters = {
  'SCRAM-SHA-1': 'scramIterationCount',
  'SCRAM-SHA-256': 'scramSHA256IterationCount',
} as const satisfies Record<ScramMechanism, ParameterName>;

const name = '__system';
const database = 'local';

export interface InternalUser {
  readonly user: User;
  /** Of the keys behind the first one; salt and number of iterations are those of the first. */
  readonly otherCredentials: readonly Credentials[];
}

export interface InternalUserOptions {
  readonly clusterKeys: readonly Buffer[];
  readonly parameters: ParameterStore;
  /** What the salts of users who are not there are made from. */
  readonly secret: Buffer;
}

/** Undefined where there is no key. A stranger cannot tell by the salt which it is. */
export async function makeInternalUser(options: InternalUserOptions): Promise<InternalUser | undefined> {
  const [first, ...others] = await Promise.all(options.clusterKeys.map((key) => credentialsOf(key, options)));
  if (first === undefined) return undefined;
  const user: User = {
    userId: undefined,
    name,
    database,
    roles: [{ role: '__system', db: 'admin' }],
    credentials: first,
    authenticationRestrictions: [],
    customData: undefined,
  };
  return { user, otherCredentials: others };
}

async function credentialsOf(key: Buffer, { parameters, secret }: InternalUserOptions): Promise<Credentials> {
  const made = await Promise.all(
    scramMechanisms.map(async (mechanism): Promise<[ScramMechanism, ScramCredential]> => {
      const credential = await makeCredential({
        mechanism,
        user: name,
        password: key.toString('utf8'),
        isDigested: false,
        iterationCount: parameters.get(iterationParameters[mechanism]),
        salt: decoySalt(mechanism, `${name}@${database}`, secret),
      });
      return [mechanism, credential];
    }),
  );
  return Object.fromEntries(made);
}
