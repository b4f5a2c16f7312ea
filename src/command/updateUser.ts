import type { Action } from '../auth/action.ts';
import { parseRestriction, restrictionDocument } from '../auth/authentication-restriction.ts';
import { type Credentials, credentialsDocument, parseCredentials, type ScramMechanism } from '../auth/credential.ts';
import { databaseResource } from '../auth/resource.ts';
import { array, arrayOf, lenientBool, object, optional, requiredNotNull, string } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { MongoError } from '../error/mongo-error.ts';
import type { Operation } from '../session/operation.ts';
import { checkRolesExist, isSameRole, parseRoles } from './access/role-arguments.ts';
import { makeCredentials, parseMechanisms } from './access/user-credentials.ts';
import { changeUser, roleDocument } from './access/user-records.ts';
import { isOneself, requireRight } from './access/user-rights.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { accessChange } from './policy.ts';
import type { Services } from './services.ts';

const parse = commandArguments('updateUser', {
  updateUser: requiredNotNull(string),
  pwd: optional(string),
  roles: optional(array),
  customData: optional(object),
  digestPassword: optional(lenientBool),
  mechanisms: optional(arrayOf(string)),
  authenticationRestrictions: optional(array),
});

type Given = ReturnType<typeof parse>;

/** updateUser: puts new values in the place of a user's password, roles, data, restrictions (manual, "updateUser"). */
export const updateUser: Command = {
  ...accessChange,
  name: 'updateUser',
  help: 'change a user',
  privilege: 'own',
  secretFields: ['pwd'],
  async run(operation, request, services) {
    const given = parse(request.body);
    if (
      !['pwd', 'roles', 'customData', 'mechanisms', 'authenticationRestrictions'].some((name) => request.body.has(name))
    ) {
      throw new MongoError('BadValue', 'Must specify at least one field to update in updateUser');
    }
    const { database } = request;
    const { updateUser: name, digestPassword = true, pwd: password } = given;
    requireRights(services, operation, given);
    const mechanisms = given.mechanisms === undefined ? undefined : parseMechanisms(services, given.mechanisms);
    if (database === '$external' && password !== undefined) {
      throw new MongoError('BadValue', "Cannot set the password for users defined on the '$external' database");
    }
    const made =
      password === undefined
        ? undefined
        : await makeCredentials(services, { user: name, password, mechanisms, digestPassword });
    const changes = new Map<string, Value | undefined>();
    if (given.customData !== undefined) changes.set('customData', given.customData);
    if (given.roles !== undefined) {
      const roles = parseRoles(given.roles, database);
      checkRolesExist(services, roles);
      changes.set(
        'roles',
        roles.map((role) => roleDocument(role)),
      );
    }
    if (given.authenticationRestrictions !== undefined) {
      const restrictions = given.authenticationRestrictions.map((one) => restrictionDocument(parseRestriction(one)));
      changes.set('authenticationRestrictions', restrictions.length === 0 ? undefined : restrictions);
    }
    await changeUser(services, operation, name, (before) => {
      if (made !== undefined) changes.set('credentials', credentialsDocument(made));
      else if (mechanisms !== undefined) changes.set('credentials', keptCredentials(before, mechanisms));
      return changes;
    });
    return {};
  },
};

/** Without a password, mechanisms can only be given up. Throws BadValue for one that the user does not have. */
function keptCredentials(before: BsonDocument, mechanisms: readonly ScramMechanism[]): BsonDocument {
  const stored = before.get('credentials');
  const credentials: Credentials = stored instanceof BsonDocument ? parseCredentials(stored) : {};
  const kept: { -readonly [Name in keyof Credentials]: Credentials[Name] } = {};
  for (const mechanism of mechanisms) {
    const credential = credentials[mechanism];
    if (credential === undefined) {
      throw new MongoError('BadValue', 'mechanisms field must be a subset of previously set mechanisms');
    }
    kept[mechanism] = credential;
  }
  return credentialsDocument(kept);
}

/** Everybody may be allowed to change their own password and data; everything else takes rights over others. */
function requireRights(services: Services, operation: Operation, given: Given): void {
  const { database } = operation;
  const isOwn = isOneself(operation, given.updateUser, database);
  const require = (...actions: Action[]): void =>
    requireRight(services, operation, databaseResource(database), actions);
  if (given.pwd !== undefined || given.mechanisms !== undefined) {
    require('changePassword', ...(isOwn ? (['changeOwnPassword'] as const) : []));
  }
  if (given.customData !== undefined) {
    require('changeCustomData', ...(isOwn ? (['changeOwnCustomData'] as const) : []));
  }
  if (given.authenticationRestrictions !== undefined) require('setAuthenticationRestriction');
  if (given.roles === undefined) return;
  const roles = parseRoles(given.roles, database);
  const before = services.users.find(given.updateUser, database)?.roles ?? [];
  for (const { db } of roles) requireRight(services, operation, databaseResource(db), ['grantRole']);
  for (const role of before) {
    if (roles.some((other) => isSameRole(role, other))) continue;
    requireRight(services, operation, databaseResource(role.db), ['revokeRole']);
  }
}
