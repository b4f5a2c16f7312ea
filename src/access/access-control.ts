/**
 * What users may do: the answer to every question of rights, asked with each command.
 *
 *   user ─ roles ─► RoleStore ─ roles of roles ─► privileges ─► UserRights: decided once per resource, then looked up
 *
 * A user's rights are put together once and stay until some user or role changes (`generation`). Who is gone from the
 * users has none, however logged in.
 */
import type { Action } from '../auth/action.ts';
import { PrivilegeSet } from '../auth/privilege.ts';
import { collectionResource, type Resource, touchesDatabase } from '../auth/resource.ts';
import type { RoleName } from '../auth/role-name.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { Authority } from '../session/authority.ts';
import type { AuthenticatedUser, ClientConnection } from '../session/operation.ts';
import type { KnownUsers } from './known-users.ts';
import { hasLocalhostException } from './localhost-exception.ts';
import { resolveRoles } from './role-graph.ts';
import type { RoleStore } from './role-store.ts';
import { userIdOf } from './user-store.ts';

export interface AccessControlOptions {
  readonly users: KnownUsers;
  readonly roles: RoleStore;
  readonly parameters: ParameterStore;
}

/** What whoever comes first may do: make a user or a role, who can then do the rest (manual, "Localhost Exception"). */
const firstComer = new PrivilegeSet([
  {
    resource: { kind: 'namespace', database: 'admin', collection: '' },
    actions: ['createRole', 'createUser', 'grantRole'],
  },
  { resource: { kind: 'namespace', database: '$external', collection: '' }, actions: ['createUser'] },
]);

/** Resources whose actions are remembered for one user. */
const rememberedResources = 1000;

/** Everything that a user may do, as of one generation of users and roles. */
class UserRights {
  readonly generation: number;
  /** There is such a user. */
  readonly isKnown: boolean;
  readonly roles: readonly RoleName[];
  readonly privileges: PrivilegeSet;
  readonly #actions = new Map<string, ReadonlySet<Action>>();

  constructor(generation: number, isKnown: boolean, roles: readonly RoleName[], privileges: PrivilegeSet) {
    this.generation = generation;
    this.isKnown = isKnown;
    this.roles = roles;
    this.privileges = privileges;
  }

  allows(action: Action, resource: Resource): boolean {
    const actions = this.actionsOn(resource);
    return actions.has(action) || actions.has('anyAction');
  }

  actionsOn(resource: Resource): ReadonlySet<Action> {
    const key = resourceKey(resource);
    let actions = this.#actions.get(key);
    if (actions === undefined) {
      if (this.#actions.size >= rememberedResources) this.#actions.clear();
      actions = this.privileges.actionsOn(resource);
      this.#actions.set(key, actions);
    }
    return actions;
  }
}

export class AccessControl implements Authority {
  readonly isEnforced = true;
  readonly #options: AccessControlOptions;
  readonly #ofLogin = new WeakMap<AuthenticatedUser, UserRights>();
  readonly #ofUser = new Map<string, UserRights>();
  #generation = -1;
  readonly #nobody = new UserRights(0, true, [], new PrivilegeSet());
  readonly #firstComer = new UserRights(0, true, [], firstComer);

  constructor(options: AccessControlOptions) {
    this.#options = options;
  }

  hasLocalhostException(client: ClientConnection): boolean {
    return hasLocalhostException(client, this.#options);
  }

  confirm(client: ClientConnection): void {
    if (client.user !== undefined && !this.#rightsOf(client).isKnown) client.user = undefined;
  }

  isAuthorized(client: ClientConnection, action: Action, resource: Resource): boolean {
    return this.#rightsOf(client).allows(action, resource);
  }

  knowsDatabase(client: ClientConnection, database: string): boolean {
    return this.#rightsOf(client)
      .privileges.patterns()
      .some((pattern) => touchesDatabase(pattern, database));
  }

  knowsCollection(client: ClientConnection, database: string, collection: string): boolean {
    return this.#rightsOf(client).actionsOn(collectionResource(database, collection)).size > 0;
  }

  /** The user's roles, with those that they hold. */
  rolesOf(client: ClientConnection): readonly RoleName[] {
    return this.#rightsOf(client).roles;
  }

  #rightsOf(client: ClientConnection): UserRights {
    const { user } = client;
    if (user === undefined) return this.hasLocalhostException(client) ? this.#firstComer : this.#nobody;
    const { users, roles } = this.#options;
    const generation = users.generation + roles.generation;
    const known = this.#ofLogin.get(user);
    if (known?.generation === generation) return known;
    const rights = this.#rightsOfUser(user, generation);
    this.#ofLogin.set(user, rights);
    return rights;
  }

  /** One for all logins of a user. */
  #rightsOfUser(user: AuthenticatedUser, generation: number): UserRights {
    const { users, roles } = this.#options;
    if (this.#generation !== generation) this.#ofUser.clear();
    this.#generation = generation;
    const key = `${user.database}\0${user.name}\0${user.id ?? ''}`;
    const known = this.#ofUser.get(key);
    if (known !== undefined) return known;
    const named = users.find(user.name, user.database);
    const found = named !== undefined && (user.id ?? '') === userIdOf(named) ? named : undefined;
    const resolved = resolveRoles(found?.roles ?? [], (name) => roles.define(name));
    const rights = new UserRights(generation, found !== undefined, resolved.all, new PrivilegeSet(resolved.privileges));
    this.#ofUser.set(key, rights);
    return rights;
  }
}

function resourceKey(resource: Resource): string {
  if (resource.kind === 'collection') return `c${resource.database}.${resource.collection}`;
  return resource.kind === 'database' ? `d${resource.database}` : `k${resource.kind}`;
}
