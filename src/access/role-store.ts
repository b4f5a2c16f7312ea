/** What roles there are beside the built-in ones: those of `admin.system.roles`, all of them in memory. */

import { type Action, isAction } from '../auth/action.ts';
import { type AuthenticationRestriction, parseRestriction } from '../auth/authentication-restriction.ts';
import { findBuiltInRole } from '../auth/built-in-role/table.ts';
import type { Privilege } from '../auth/privilege.ts';
import { parsePattern } from '../auth/resource.ts';
import type { RoleName } from '../auth/role-name.ts';
import { array, arrayOf, object, optional, required, string, structure } from '../bson/structure.ts';
import type { BsonDocument } from '../bson/value.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { namespace } from '../catalog/namespace.ts';
import type { Log } from '../log.ts';
import type { TableWatch } from '../storage/table-watch.ts';
import { CollectionMirror, MirroredStore } from './collection-mirror.ts';
import type { RoleDefinition } from './role-graph.ts';

/** A role as its document says. Never changed; a change makes a new one. */
export interface Role extends RoleDefinition {
  readonly name: RoleName;
  readonly authenticationRestrictions: readonly AuthenticationRestriction[];
}

export const rolesNamespace = namespace('admin', 'system.roles');

export interface RoleStoreOptions {
  readonly catalog: Catalog;
  readonly watch: TableWatch;
  readonly log: Log;
}

export class RoleStore extends MirroredStore<Role> {
  /** Reads the roles of a store and follows whoever changes them. */
  static async open(options: RoleStoreOptions): Promise<RoleStore> {
    const nameOf = ({ name }: Role): string => roleKey(name);
    return new RoleStore(
      await CollectionMirror.open({ ...options, namespace: rolesNamespace, parse: parseRole, nameOf }),
    );
  }

  /** The role of this name that a user made. True to what is committed in `admin.system.roles`, whoever wrote it. */
  find(name: RoleName): Role | undefined {
    return this.mirror.find(roleKey(name));
  }

  /** What a role gives, a built-in one too. */
  define(name: RoleName): RoleDefinition | undefined {
    const privileges = findBuiltInRole(name);
    return privileges === undefined ? this.find(name) : { privileges, roles: [] };
  }
}

/** Equal keys, equal roles. */
export function roleKey({ role, db }: RoleName): string {
  return `${db}\0${role}`;
}

const parseRoleDocument = structure(
  'system.roles',
  {
    role: required(string),
    db: required(string),
    privileges: required(array),
    roles: required(array),
    authenticationRestrictions: optional(array),
  },
  { isOpen: true },
);

const parseRoleName = structure('roles', { role: required(string), db: required(string) }, { isOpen: true });
const parsePrivilegeFields = structure(
  'privileges',
  { resource: required(object), actions: required(arrayOf(string)) },
  { isOpen: true },
);

/** A document of `admin.system.roles`. Throws where it is none. */
export function parseRole(document: BsonDocument): Role {
  const fields = parseRoleDocument(document);
  return {
    name: { role: fields.role, db: fields.db },
    privileges: fields.privileges.map((privilege, at) => parseStored(object(privilege, `privileges.${at}`))),
    roles: fields.roles.map((role, at) => parseRoleName(object(role, `roles.${at}`))),
    authenticationRestrictions: (fields.authenticationRestrictions ?? []).map((one) => parseRestriction(one)),
  };
}

/** A privilege as kept. Actions that this server has not, such as a newer one wrote, give nothing. */
function parseStored(given: BsonDocument): Privilege {
  const { resource, actions } = parsePrivilegeFields(given);
  return { resource: parsePattern(resource), actions: actions.filter((name): name is Action => isAction(name)) };
}
