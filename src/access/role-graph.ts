/** Roles give what the roles that they hold give: everything that somebody has follows from walking them once. */
import type { Privilege } from '../auth/privilege.ts';
import type { RoleName } from '../auth/role-name.ts';

/** What a role gives by itself, and the roles that it holds. */
export interface RoleDefinition {
  readonly privileges: readonly Privilege[];
  readonly roles: readonly RoleName[];
}

export interface ResolvedRoles {
  /** These roles and all that they hold, each once, those that exist. */
  readonly all: readonly RoleName[];
  /** Their privileges, one after the other. */
  readonly privileges: readonly Privilege[];
}

/** Everything that these roles give. Roles that do not exist give nothing; a circle, which nobody can make, ends. */
export function resolveRoles(
  names: readonly RoleName[],
  define: (name: RoleName) => RoleDefinition | undefined,
): ResolvedRoles {
  const all: RoleName[] = [];
  const privileges: Privilege[] = [];
  const seen = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const key = `${name.db}\0${name.role}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const role = define(name);
    if (role === undefined) continue;
    all.push({ role: name.role, db: name.db });
    privileges.push(...role.privileges);
    waiting.push(...role.roles);
  }
  return { all, privileges };
}
