import { grantsOf } from '../access/user-grants.ts';
import type { User } from '../access/user-store.ts';
import { type AuthenticationRestriction, restrictionDocument } from '../auth/authentication-restriction.ts';
import { credentialsDocument, mechanismsOf } from '../auth/credential.ts';
import { describePrivilege } from '../auth/privilege.ts';
import { clusterResource, databaseResource } from '../auth/resource.ts';
import { document } from '../bson/literal.ts';
import { any, lenientBool, object, optional, requiredNotNull, string, structure } from '../bson/structure.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseFilter } from '../query/filter.ts';
import type { Operation } from '../session/operation.ts';
import { roleDocument, userId } from './access/user-records.ts';
import { isOneself, requireRight } from './access/user-rights.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import type { Services } from './services.ts';

const parse = commandArguments('usersInfo', {
  usersInfo: requiredNotNull(any),
  showPrivileges: optional(lenientBool),
  showAuthenticationRestrictions: optional(lenientBool),
  showCredentials: optional(lenientBool),
  showCustomData: optional(lenientBool),
  filter: optional(object),
});

type Given = ReturnType<typeof parse>;

interface UserName {
  readonly user: string;
  readonly db: string;
}

const parseName = structure('usersInfo', { user: requiredNotNull(string), db: requiredNotNull(string) });

/** usersInfo: users by name, of a database, or all (manual, "usersInfo"). */
export const usersInfo: Command = {
  ...diagnostic,
  name: 'usersInfo',
  help: 'information about users',
  readConcernLevels: ['local'],
  privilege: 'own',
  run(operation, request, services) {
    const given = parse(request.body);
    const users = findUsers(services, operation, given);
    const shown = users.map((user) => describe(services, user, given));
    if (given.filter === undefined) return { users: shown };
    const filter = parseFilter(given.filter);
    return { users: shown.filter((user) => filter.matchesDocument(user)) };
  },
};

function findUsers(services: Services, operation: Operation, given: Given): User[] {
  const { usersInfo: wanted } = given;
  const names = namesIn(wanted, operation.database);
  if (names !== undefined) {
    for (const { user, db } of names) {
      if (!isOneself(operation, user, db)) requireRight(services, operation, databaseResource(db), ['viewUser']);
    }
    return names.flatMap(({ user, db }) => services.users.find(user, db) ?? []);
  }
  if (given.showPrivileges === true || given.showAuthenticationRestrictions === true) {
    throw new MongoError('IllegalOperation', 'Privilege or restriction details require exact-match usersInfo queries');
  }
  const isOfAll = wanted instanceof BsonDocument;
  const all = [...services.users.entries()].sort(byName);
  if (isOfAll) return visible(services, operation, all);
  requireRight(services, operation, databaseResource(operation.database), ['viewUser']);
  return all.filter(({ database }) => database === operation.database);
}

/** The users that are named one by one; undefined where all are meant: of this database (1) or of every one. */
function namesIn(wanted: Value, database: string): UserName[] | undefined {
  if (isNumeric(wanted)) return undefined;
  if (wanted instanceof BsonDocument && wanted.get('forAllDBs') === true) return undefined;
  const list = Array.isArray(wanted) ? wanted : [wanted];
  return list.map((one) => {
    if (typeof one === 'string') return { user: one, db: database };
    if (one instanceof BsonDocument) return parseName(one);
    throw new MongoError('BadValue', 'User and role names must be either strings or objects');
  });
}

/** Those of all databases may be seen with the right to on each of them. */
function visible(services: Services, operation: Operation, users: User[]): User[] {
  if (services.authority.isAuthorized(operation.client, 'viewUser', clusterResource)) return users;
  for (const database of new Set(['admin', ...users.map((user) => user.database)])) {
    requireRight(services, operation, databaseResource(database), ['viewUser']);
  }
  return users;
}

function byName(left: User, right: User): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.database < right.database ? -1 : 1;
}

function describe({ roles }: Services, user: User, given: Given): BsonDocument {
  const { showPrivileges, showAuthenticationRestrictions, showCredentials, showCustomData } = given;
  const isDetailed = showPrivileges === true || showAuthenticationRestrictions === true;
  const grants = isDetailed ? grantsOf(roles, user.roles) : undefined;
  const describeAll = (restrictions: readonly AuthenticationRestriction[]): BsonDocument[] =>
    restrictions.map((restriction) => restrictionDocument(restriction));
  return document({
    _id: userId(user.name, user.database),
    userId: user.userId,
    user: user.name,
    db: user.database,
    credentials: showCredentials === true ? credentialsDocument(user.credentials) : undefined,
    customData: showCustomData === false ? undefined : user.customData,
    roles: user.roles.map((role) => roleDocument(role)),
    mechanisms: mechanismsOf(user.credentials),
    authenticationRestrictions:
      showAuthenticationRestrictions === true ? describeAll(user.authenticationRestrictions) : undefined,
    inheritedRoles: grants?.roles.map((role) => roleDocument(role)),
    inheritedPrivileges: grants?.privileges.list().map((privilege) => describePrivilege(privilege)),
    inheritedAuthenticationRestrictions: grants?.restrictions.map(describeAll),
  });
}
