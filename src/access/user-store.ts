/** Who is known: the users of `admin.system.users`, all of them in memory. */

import { type AuthenticationRestriction, parseRestriction } from '../auth/authentication-restriction.ts';
import { type Credentials, parseCredentials } from '../auth/credential.ts';
import type { RoleName } from '../auth/role-name.ts';
import { Binary } from '../bson/scalar.ts';
import { array, object, optional, required, string, structure } from '../bson/structure.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { namespace } from '../catalog/namespace.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Log } from '../log.ts';
import type { TableWatch } from '../storage/table-watch.ts';
import { CollectionMirror, MirroredStore } from './collection-mirror.ts';

/** A user as its document says. Never changed; a change makes a new one. */
export interface User {
  /** UUID; undefined in documents of very old servers. */
  readonly userId: Binary | undefined;
  readonly name: string;
  readonly database: string;
  readonly roles: readonly RoleName[];
  readonly credentials: Credentials;
  readonly authenticationRestrictions: readonly AuthenticationRestriction[];
  readonly customData: BsonDocument | undefined;
}

/** Tells users apart who had the same name one after the other; empty where a very old server made them. */
export function userIdOf({ userId }: Pick<User, 'userId'>): string {
  return userId === undefined ? '' : Buffer.from(userId.value()).toString('hex');
}

export const usersNamespace = namespace('admin', 'system.users');

export interface UserStoreOptions {
  readonly catalog: Catalog;
  readonly watch: TableWatch;
  readonly log: Log;
}

export class UserStore extends MirroredStore<User> {
  /** Reads the users of a store and follows whoever changes them. */
  static async open(options: UserStoreOptions): Promise<UserStore> {
    const nameOf = ({ name, database }: User): string => keyOf(name, database);
    return new UserStore(
      await CollectionMirror.open({ ...options, namespace: usersNamespace, parse: parseUser, nameOf }),
    );
  }

  /** True to what is committed in `admin.system.users`, whoever wrote it. */
  find(name: string, database: string): User | undefined {
    return this.mirror.find(keyOf(name, database));
  }
}

function keyOf(name: string, database: string): string {
  return `${database}\0${name}`;
}

const parseUserDocument = structure(
  'system.users',
  {
    user: required(string),
    db: required(string),
    userId: optional(userId),
    credentials: required(object),
    roles: required(array),
    authenticationRestrictions: optional(array),
    customData: optional(object),
  },
  { isOpen: true },
);

function userId(value: Value): Binary {
  if (value instanceof Binary) return value;
  throw new MongoError('UnsupportedFormat', 'userId of a user document is a UUID');
}

const parseRoleName = structure('roles', { role: required(string), db: required(string) }, { isOpen: true });

/** A document of `admin.system.users`. Throws where it is none. */
export function parseUser(document: BsonDocument): User {
  const fields = parseUserDocument(document);
  return {
    userId: fields.userId,
    name: fields.user,
    database: fields.db,
    roles: fields.roles.map((role, at) => parseRoleName(object(role, `roles.${at}`))),
    credentials: parseCredentials(fields.credentials),
    authenticationRestrictions: (fields.authenticationRestrictions ?? []).map((one) => parseRestriction(one)),
    customData: fields.customData,
  };
}
