/** Everything that follows from the roles of a user. */
import type { AuthenticationRestriction } from '../auth/authentication-restriction.ts';
import { PrivilegeSet } from '../auth/privilege.ts';
import type { RoleName } from '../auth/role-name.ts';
import { resolveRoles } from './role-graph.ts';
import type { RoleStore } from './role-store.ts';

export interface UserGrants {
  /** The roles and all that they hold, each once. */
  readonly roles: readonly RoleName[];
  readonly privileges: PrivilegeSet;
  /** Of each role that has any; all of them have to be met. */
  readonly restrictions: readonly (readonly AuthenticationRestriction[])[];
}

export function grantsOf(store: RoleStore, names: readonly RoleName[]): UserGrants {
  const resolved = resolveRoles(names, (name) => store.define(name));
  const restrictions = resolved.all.map((name) => store.find(name)?.authenticationRestrictions ?? []);
  return {
    roles: resolved.all,
    privileges: new PrivilegeSet(resolved.privileges),
    restrictions: restrictions.filter((set) => set.length > 0),
  };
}
