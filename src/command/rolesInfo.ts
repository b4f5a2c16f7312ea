import type { Role } from '../access/role-store.ts';
import { grantsOf } from '../access/user-grants.ts';
import { restrictionDocument } from '../auth/authentication-restriction.ts';
import { builtInRolesOf, findBuiltInRole } from '../auth/built-in-role/table.ts';
import { describePrivilege, type Privilege } from '../auth/privilege.ts';
import type { RoleName } from '../auth/role-name.ts';
import { document, type Literal } from '../bson/literal.ts';
import { isZeroNumber } from '../bson/number.ts';
import { any, type FieldParser, lenientBool, optional, requiredNotNull } from '../bson/structure.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import { isNumeric } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { parseRoles } from './access/role-arguments.ts';
import { roleId } from './access/role-records.ts';
import { commandArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { diagnostic } from './policy.ts';
import { maySeeRoles } from './privilege/role.ts';
import type { Services } from './services.ts';

type ShownPrivileges = 'no' | 'yes' | 'asUserFragment';

const shownPrivileges: FieldParser<ShownPrivileges> = (value) => {
  if (value === 'asUserFragment') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (isNumeric(value)) return isZeroNumber(value) ? 'no' : 'yes';
  throw new MongoError('FailedToParse', "showPrivileges must be a boolean or 'asUserFragment'");
};

const parse = commandArguments('rolesInfo', {
  rolesInfo: requiredNotNull(any),
  showPrivileges: optional(shownPrivileges),
  showAuthenticationRestrictions: optional(lenientBool),
  showBuiltinRoles: optional(lenientBool),
});

interface Shown {
  readonly privileges: boolean;
  readonly restrictions: boolean;
}

/** rolesInfo: roles by name, or those of a database (manual, "rolesInfo"). */
export const rolesInfo: Command = {
  ...diagnostic,
  name: 'rolesInfo',
  help: 'information about roles',
  readConcernLevels: ['local'],
  privilege: maySeeRoles,
  run(_operation, request, services) {
    const { rolesInfo: wanted, showPrivileges = 'no', ...options } = parse(request.body);
    const isAll = isNumeric(wanted);
    const names = isAll ? undefined : namesIn(wanted, request.database);
    if (showPrivileges === 'asUserFragment') {
      if (names !== undefined) return { userFragment: describeFragment(services, names) };
      throw new MongoError('IllegalOperation', 'Cannot get user fragment for all roles in a database');
    }
    const shown = {
      privileges: showPrivileges === 'yes',
      restrictions: options.showAuthenticationRestrictions ?? false,
    };
    const found = names ?? rolesOf(services, request.database, options.showBuiltinRoles ?? false);
    return { roles: found.flatMap((name) => describe(services, name, shown) ?? []) };
  },
};

function namesIn(wanted: Value, database: string): RoleName[] {
  return parseRoles(Array.isArray(wanted) ? (wanted as readonly Value[]) : [wanted], database);
}

/** The roles of a database by name, those of users alone unless the built-in ones are asked for too. */
function rolesOf({ roles }: Services, database: string, includesBuiltIn: boolean): RoleName[] {
  const own = [...roles.entries()].map(({ name }) => name).filter(({ db }) => db === database);
  const all = includesBuiltIn ? [...own, ...builtInRolesOf(database)] : own;
  return all.sort((left, right) => (left.role < right.role ? -1 : 1));
}

function describe(services: Services, name: RoleName, shown: Shown): BsonDocument | undefined {
  const { roles } = services;
  const definition = roles.define(name);
  if (definition === undefined) return undefined;
  const isBuiltin = findBuiltInRole(name) !== undefined;
  return document({
    _id: isBuiltin ? undefined : roleId(name),
    role: name.role,
    db: name.db,
    privileges: shown.privileges ? listed(definition.privileges) : undefined,
    roles: definition.roles.map(showName),
    authenticationRestrictions: shown.restrictions ? showRestrictions(roles.find(name)) : undefined,
    inheritedRoles: grantsOf(roles, definition.roles).roles.map(showName),
    inheritedPrivileges: shown.privileges ? listed(grantsOf(roles, [name]).privileges.list()) : undefined,
    inheritedAuthenticationRestrictions: shown.restrictions ? inheritedRestrictions(services, [name]) : undefined,
    isBuiltin,
  });
}

/** What a user with exactly these roles would have. */
function describeFragment(services: Services, names: readonly RoleName[]): BsonDocument {
  const { roles } = services;
  const known = names.filter((name) => roles.define(name) !== undefined);
  const grants = grantsOf(roles, known);
  return document({
    roles: known.map(showName),
    inheritedRoles: grants.roles.map(showName),
    inheritedPrivileges: listed(grants.privileges.list()),
    inheritedAuthenticationRestrictions: inheritedRestrictions(services, known),
  });
}

function inheritedRestrictions({ roles }: Services, names: readonly RoleName[]): Literal[] {
  return grantsOf(roles, names).restrictions.map((set) => set.map((restriction) => restrictionDocument(restriction)));
}

function showRestrictions(role: Role | undefined): Literal[] {
  return (role?.authenticationRestrictions ?? []).map((restriction) => restrictionDocument(restriction));
}

function showName({ role, db }: RoleName): { readonly role: string; readonly db: string } {
  return { role, db };
}

function listed(privileges: readonly Privilege[]): Literal[] {
  return privileges.map((privilege) => describePrivilege(privilege));
}
