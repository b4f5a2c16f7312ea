import { describe, expect, it } from 'vitest';
import type { Privilege } from '../auth/privilege.ts';
import type { RoleName } from '../auth/role-name.ts';
import { type RoleDefinition, resolveRoles } from './role-graph.ts';

const named = (role: string): RoleName => ({ role, db: 'shop' });

function gives(action: Privilege['actions'][number], ...roles: string[]): RoleDefinition {
  return { privileges: [{ resource: { kind: 'cluster' }, actions: [action] }], roles: roles.map(named) };
}

function resolve(roles: Readonly<Record<string, RoleDefinition>>, ...names: string[]) {
  const { all, privileges } = resolveRoles(names.map(named), ({ role, db }) =>
    db === 'shop' ? roles[role] : undefined,
  );
  return { roles: all.map(({ role }) => role), actions: privileges.flatMap(({ actions }) => actions) };
}

describe('roles of roles', () => {
  it('give what each of them gives, once', () => {
    const roles = { a: gives('find', 'b', 'c'), b: gives('insert', 'c'), c: gives('update') };
    expect(resolve(roles, 'a', 'b')).toEqual({ roles: ['a', 'b', 'c'], actions: ['find', 'insert', 'update'] });
  });

  it('give nothing where they do not exist', () => {
    expect(resolve({ a: gives('find', 'gone') }, 'a', 'never')).toEqual({ roles: ['a'], actions: ['find'] });
  });

  it('come to an end where somebody wrote a circle into the collection', () => {
    const roles = { a: gives('find', 'b'), b: gives('insert', 'a') };
    expect(resolve(roles, 'a')).toEqual({ roles: ['a', 'b'], actions: ['find', 'insert'] });
  });
});
