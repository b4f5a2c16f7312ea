/** What a user document keeps of a password (RFC 5802): enough to check a proof, too little to make one. */
import { integral, nested, optional, required, string, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';

/** The mechanisms that passwords are kept for, strongest last, as documents list them. */
export const scramMechanisms = ['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const;

export type ScramMechanism = (typeof scramMechanisms)[number];

export function isScramMechanism(name: unknown): name is ScramMechanism {
  return scramMechanisms.some((mechanism) => mechanism === name);
}

export interface ScramCredential {
  readonly iterationCount: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export type Credentials = { readonly [Mechanism in ScramMechanism]?: ScramCredential } & {
  /** The password is kept elsewhere: a user of `$external`. */
  readonly external?: true;
};

const parseScram = structure('credentials', {
  iterationCount: required(integral),
  salt: required(string),
  storedKey: required(string),
  serverKey: required(string),
});

const parseKinds = structure(
  'credentials',
  {
    'SCRAM-SHA-1': optional(nested(parseScram)),
    'SCRAM-SHA-256': optional(nested(parseScram)),
    external: optional(yes),
  },
  { isOpen: true },
);

function yes(value: Value): true {
  if (value === true) return true;
  throw new MongoError('UnsupportedFormat', "'external' credentials are true or absent");
}

/** The `credentials` of a user document. Throws where a mechanism's part is not what MongoDB keeps there. */
export function parseCredentials(document: BsonDocument): Credentials {
  const kinds = parseKinds(document);
  const credentials: { -readonly [Name in keyof Credentials]: Credentials[Name] } = {};
  for (const mechanism of scramMechanisms) {
    const kept = kinds[mechanism];
    if (kept === undefined) continue;
    credentials[mechanism] = {
      iterationCount: kept.iterationCount,
      salt: Buffer.from(kept.salt, 'base64'),
      storedKey: Buffer.from(kept.storedKey, 'base64'),
      serverKey: Buffer.from(kept.serverKey, 'base64'),
    };
  }
  if (kinds.external === true) credentials.external = true;
  return credentials;
}

/** As a user document keeps them. */
export function credentialsDocument(credentials: Credentials): BsonDocument {
  const fields = new Map<string, Value>();
  for (const mechanism of scramMechanisms) {
    const kept = credentials[mechanism];
    if (kept === undefined) continue;
    fields.set(
      mechanism,
      BsonDocument.fromFields(
        new Map<string, Value>([
          ['iterationCount', kept.iterationCount],
          ['salt', kept.salt.toString('base64')],
          ['storedKey', kept.storedKey.toString('base64')],
          ['serverKey', kept.serverKey.toString('base64')],
        ]),
      ),
    );
  }
  if (credentials.external === true) fields.set('external', true);
  return BsonDocument.fromFields(fields);
}

/** The mechanisms that a user can log in by, as usersInfo lists them. */
export function mechanismsOf(credentials: Credentials): string[] {
  if (credentials.external === true) return ['external'];
  return scramMechanisms.filter((mechanism) => credentials[mechanism] !== undefined);
}
