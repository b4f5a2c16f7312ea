import { type User, usersNamespace } from '../access/user-store.ts';
import { parseRestriction } from '../auth/authentication-restriction.ts';
import type { Credentials } from '../auth/credential.ts';
import { Binary } from '../bson/scalar.ts';
import { array, arrayOf, lenientBool, object, optional, required, requiredNotNull, string } from '../bson/structure.ts';
import { randomUuid } from '../clock/randomness.ts';
import { isMongoError, MongoError } from '../error/mongo-error.ts';
import { changeAccessRecords } from './access/access-records.ts';
import { checkRolesExist, parseRoles } from './access/role-arguments.ts';
import { makeCredentials, parseMechanisms } from './access/user-credentials.ts';
import { userDocument } from './access/user-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import { mayCreateUser } from './privilege/user.ts';
import type { Services } from './services.ts';

const parse = commandArguments('createUser', {
  createUser: requiredNotNull(string),
  pwd: optional(string),
  roles: required(array),
  customData: optional(object),
  digestPassword: optional(lenientBool),
  mechanisms: optional(arrayOf(string)),
  authenticationRestrictions: optional(array),
});

/** Longest name of a user (manual, "createUser"). */
const longestNameBytes = 7 * 1024 * 1024;

/** createUser: somebody who can log in, and their roles (manual, "createUser"). */
export const createUser: Command = {
  ...accessChange,
  name: 'createUser',
  help: 'add a user',
  privilege: mayCreateUser,
  secretFields: ['pwd'],
  async run(operation, request, services) {
    const given = parse(request.body);
    const { database } = request;
    checkNewName(given.createUser, database);
    const roles = parseRoles(given.roles, database);
    const restrictions = (given.authenticationRestrictions ?? []).map((one) => parseRestriction(one));
    checkRolesExist(services, roles);
    const user: User = {
      userId: new Binary(randomUuid(services.randomness), Binary.SUBTYPE_UUID),
      name: given.createUser,
      database,
      roles,
      credentials: await credentialsOf(services, database, given),
      authenticationRestrictions: restrictions,
      customData: given.customData,
    };
    try {
      await changeAccessRecords(services, operation, usersNamespace, (users) => users.insert(userDocument(user)));
    } catch (thrown) {
      if (!isMongoError(thrown, 'DuplicateKey')) throw thrown;
      throw new MongoError('Location51003', `User "${user.name}@${database}" already exists`);
    }
    return {};
  },
};

function checkNewName(name: string, database: string): void {
  if (name === '') throw new MongoError('BadValue', 'User name must not be empty');
  if (name.includes('\0')) throw new MongoError('BadValue', 'Username cannot contain NULL characters');
  if (Buffer.byteLength(name) > longestNameBytes) throw new MongoError('BadValue', 'User name is larger than 7 MB');
  if (database === 'local') throw new MongoError('BadValue', 'Cannot create users in the local database');
}

async function credentialsOf(
  services: Services,
  database: string,
  given: ReturnType<typeof parse>,
): Promise<Credentials> {
  const { pwd, createUser: user, digestPassword = true } = given;
  const mechanisms = given.mechanisms === undefined ? undefined : parseMechanisms(services, given.mechanisms);
  if (database === '$external') {
    if (pwd === undefined) return { external: true };
    throw new MongoError('BadValue', "Cannot set the password for users defined on the '$external' database");
  }
  if (pwd !== undefined) return makeCredentials(services, { user, password: pwd, mechanisms, digestPassword });
  throw new MongoError(
    'BadValue',
    "Must provide a 'pwd' field for all user documents, except those with '$external' as the user's source db",
  );
}
