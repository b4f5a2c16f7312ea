/** Documents of `admin.system.users`: made, read and changed by the commands about users. */
import { type User, usersNamespace } from '../../access/user-store.ts';
import { type AuthenticationRestriction, restrictionDocument } from '../../auth/authentication-restriction.ts';
import { credentialsDocument } from '../../auth/credential.ts';
import type { RoleName } from '../../auth/role-name.ts';
import { document } from '../../bson/literal.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';
import { changeAccessRecords } from './access-records.ts';

/** The `_id` of a user's document. */
export function userId(name: string, database: string): string {
  return `${database}.${name}`;
}

/** A user as it is kept. */
export function userDocument(user: User): BsonDocument {
  return document({
    _id: userId(user.name, user.database),
    userId: user.userId,
    user: user.name,
    db: user.database,
    credentials: credentialsDocument(user.credentials),
    customData: user.customData,
    roles: user.roles.map((role) => roleDocument(role)),
    authenticationRestrictions: shownRestrictions(user.authenticationRestrictions),
  });
}

export function roleDocument({ role, db }: RoleName): BsonDocument {
  return document({ role, db });
}

function shownRestrictions(restrictions: readonly AuthenticationRestriction[]): BsonDocument[] | undefined {
  return restrictions.length === 0 ? undefined : restrictions.map((restriction) => restrictionDocument(restriction));
}

/** Fields to be put in the place of a user's; undefined ones are taken away. */
export type UserChange = ReadonlyMap<string, Value | undefined>;

/** Changes a user's document by what `change` makes of it. Throws UserNotFound. */
export async function changeUser(
  services: Services,
  operation: Operation,
  name: string,
  change: (before: BsonDocument) => UserChange,
): Promise<void> {
  const id = userId(name, operation.database);
  await changeAccessRecords(services, operation, usersNamespace, async (records) => {
    const before = await records.find(id);
    if (before === undefined) throw userNotFound(name, operation.database);
    const fields = before.toFields();
    for (const [field, value] of change(before)) {
      if (value === undefined) fields.delete(field);
      else fields.set(field, value);
    }
    await records.replace(id, BsonDocument.fromFields(fields));
  });
}

export function userNotFound(name: string, database: string): MongoError {
  return new MongoError('UserNotFound', `User '${name}@${database}' not found`);
}
