/** Rights of the commands about roles: nobody hands out what lies in databases whose roles are not theirs to grant. */
import { valuesOf } from '../../aggregation/stage-privilege.ts';
import type { Action } from '../../auth/action.ts';
import { databaseResource } from '../../auth/resource.ts';
import { BsonDocument, type Value } from '../../bson/value.ts';
import { isNullish } from '../../bson/value-type.ts';
import type { MayDo, PrivilegeRule } from '../../session/command-policy.ts';
import type { GateRequest } from '../../session/live-operation.ts';

export const mayCreateRole: PrivilegeRule = (request, may) =>
  may('createRole', databaseResource(request.database)) && mayGive(request, may);

/** What a change takes away is not said, so it takes the right to revoke everywhere. */
export const mayUpdateRole: PrivilegeRule = (request, may) =>
  may('revokeRole', { kind: 'allCollections' }) && mayGive(request, may);

export const mayGrantToRole: PrivilegeRule = (request, may) => mayHandle(request, may, 'grantRole');

export const mayRevokeFromRole: PrivilegeRule = (request, may) => mayHandle(request, may, 'revokeRole');

/** Roles that a user has may be looked at by that user. */
export const maySeeRoles: PrivilegeRule = ({ body, name, database }, may, asker) => {
  const wanted = body.get(name);
  const list: readonly Value[] = Array.isArray(wanted) ? wanted : [wanted ?? null];
  return list.every((one) => {
    const db = databaseIn(one, database);
    const role = typeof one === 'string' ? one : one instanceof BsonDocument ? one.get('role') : undefined;
    if (typeof role === 'string' && asker.hasRole({ role, db })) return true;
    return may('viewRole', databaseResource(db));
  });
};

function mayGive(request: GateRequest, may: MayDo): boolean {
  const restrictions = request.body.get('authenticationRestrictions');
  if (restrictions !== undefined && !isNullish(restrictions)) {
    if (!may('setAuthenticationRestriction', databaseResource(request.database))) return false;
  }
  return mayHandle(request, may, 'grantRole');
}

/** The right to grant or to revoke, in the database of each role and of each privilege that is named. */
function mayHandle({ body, database }: GateRequest, may: MayDo, action: Action): boolean {
  const roles = elementsOf(body, 'roles').map((role) => databaseIn(role, database));
  const privileges = elementsOf(body, 'privileges').map((privilege) => grantingDatabase(privilege));
  return [...new Set([...roles, ...privileges])].every((db) => may(action, databaseResource(db)));
}

function elementsOf(body: BsonDocument, field: string): readonly Value[] {
  return valuesOf(body, field).flatMap((value) => (Array.isArray(value) ? (value as readonly Value[]) : []));
}

function databaseIn(value: Value, otherwise: string): string {
  const database = value instanceof BsonDocument ? value.get('db') : undefined;
  return typeof database === 'string' ? database : otherwise;
}

/** The database whose roles rule over a privilege: `admin` where it reaches beyond one. */
function grantingDatabase(privilege: Value): string {
  const resource = privilege instanceof BsonDocument ? privilege.get('resource') : undefined;
  if (!(resource instanceof BsonDocument) || resource.has('cluster') || resource.has('anyResource')) return 'admin';
  const database = resource.get('db');
  return typeof database === 'string' && database !== '' ? database : 'admin';
}
