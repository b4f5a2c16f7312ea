import { describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { actions } from './action.ts';
import { builtInRolesOf, findBuiltInRole } from './built-in-role/table.ts';
import { PrivilegeSet, parsePrivilege } from './privilege.ts';
import { clusterResource, collectionResource, databaseResource, type Resource } from './resource.ts';

function privilege(resource: Parameters<typeof document>[0], ...names: string[]) {
  return parsePrivilege(document({ resource: document(resource), actions: names }));
}

const items = collectionResource('shop', 'items');

describe('privileges', () => {
  it('add up over all patterns that cover a resource', () => {
    const sum = new PrivilegeSet([
      privilege({ db: 'shop', collection: 'items' }, 'find'),
      privilege({ db: 'shop', collection: '' }, 'insert', 'find'),
      privilege({ db: 'other', collection: '' }, 'remove'),
    ]);
    expect([...sum.actionsOn(items)].sort()).toEqual(['find', 'insert']);
    expect([...sum.actionsOn(collectionResource('shop', 'copies'))].sort()).toEqual(['find', 'insert']);
    expect([...sum.actionsOn(collectionResource('shop', 'system.js'))]).toEqual([]);
  });

  it('are taken away pattern by pattern, and a pattern without actions is gone', () => {
    const sum = new PrivilegeSet([
      privilege({ db: 'shop', collection: 'items' }, 'find', 'insert'),
      privilege({ db: 'shop', collection: '' }, 'find'),
    ]);
    sum.remove(privilege({ db: 'shop', collection: 'items' }, 'find', 'insert', 'update'));
    expect([...sum.actionsOn(items)]).toEqual(['find']);
    expect(sum.patterns()).toEqual([{ kind: 'namespace', database: 'shop', collection: '' }]);
  });

  it('name known actions, and at least one', () => {
    expect(() => privilege({ cluster: true }, 'fly')).toThrow('Unrecognized action privilege string: fly');
    expect(() => privilege({ cluster: true })).toThrow('at least one action');
  });
});

describe('the actions', () => {
  it('each have one row', () => {
    expect(new Set(actions).size).toBe(actions.length);
  });
});

describe('built-in roles', () => {
  const allows = (role: string, db: string, action: (typeof actions)[number], resource: Resource): boolean => {
    const given = new PrivilegeSet(findBuiltInRole({ role, db }) ?? []).actionsOn(resource);
    return given.has(action) || given.has('anyAction');
  };

  it.each([
    ['read', 'shop', 'find', items, true],
    ['read', 'shop', 'insert', items, false],
    ['read', 'other', 'find', items, false],
    ['read', 'shop', 'find', collectionResource('shop', 'system.profile'), false],
    ['read', 'shop', 'find', collectionResource('shop', 'system.js'), true],
    ['readWrite', 'shop', 'update', items, true],
    ['readWrite', 'shop', 'dropDatabase', databaseResource('shop'), false],
    ['readWrite', 'admin', 'find', collectionResource('admin', 'system.users'), false],
    ['dbAdmin', 'shop', 'find', items, false],
    ['dbAdmin', 'shop', 'collMod', items, true],
    ['dbAdmin', 'shop', 'find', collectionResource('shop', 'system.profile'), true],
    ['userAdmin', 'shop', 'grantRole', databaseResource('shop'), true],
    ['userAdmin', 'shop', 'grantRole', databaseResource('admin'), false],
    ['dbOwner', 'shop', 'dropDatabase', databaseResource('shop'), true],
    ['dbOwner', 'shop', 'createUser', databaseResource('shop'), true],
    ['readAnyDatabase', 'admin', 'find', items, true],
    ['readAnyDatabase', 'admin', 'find', collectionResource('local', 'oplog.rs'), false],
    ['readAnyDatabase', 'admin', 'listDatabases', clusterResource, true],
    ['readAnyDatabase', 'shop', 'find', items, false],
    ['userAdminAnyDatabase', 'admin', 'find', collectionResource('admin', 'system.users'), true],
    ['userAdminAnyDatabase', 'admin', 'insert', collectionResource('admin', 'system.users'), false],
    ['clusterMonitor', 'admin', 'serverStatus', clusterResource, true],
    ['clusterMonitor', 'admin', 'find', collectionResource('config', 'system.sessions'), false],
    ['clusterMonitor', 'admin', 'killop', clusterResource, false],
    ['hostManager', 'admin', 'killAnySession', clusterResource, true],
    ['hostManager', 'admin', 'killAnyCursor', items, true],
    ['clusterAdmin', 'admin', 'dropDatabase', databaseResource('shop'), true],
    ['clusterAdmin', 'admin', 'find', items, false],
    ['clusterAdmin', 'admin', 'impersonate', clusterResource, false],
    ['backup', 'admin', 'find', collectionResource('admin', 'system.users'), true],
    ['backup', 'admin', 'insert', items, false],
    ['restore', 'admin', 'insert', items, true],
    ['restore', 'admin', 'find', items, false],
    ['root', 'admin', 'find', items, true],
    ['root', 'admin', 'validate', collectionResource('admin', 'system.users'), true],
    ['root', 'admin', 'insert', collectionResource('shop', 'system.views'), true],
    ['root', 'admin', 'impersonate', clusterResource, false],
    ['__system', 'admin', 'impersonate', clusterResource, true],
    ['__system', 'admin', 'advanceClusterTime', clusterResource, true],
  ] as const)('%s of %s: %s on %j is %s', (role, db, action, resource, isAllowed) => {
    expect(allows(role, db, action, resource)).toBe(isAllowed);
  });

  it('are the database’s own, and more of them in admin', () => {
    expect(builtInRolesOf('shop').map(({ role }) => role)).toEqual([
      'read',
      'readWrite',
      'dbAdmin',
      'userAdmin',
      'dbOwner',
    ]);
    expect(builtInRolesOf('admin').length).toBeGreaterThan(15);
    expect(findBuiltInRole({ role: 'root', db: 'shop' })).toBeUndefined();
    expect(findBuiltInRole({ role: 'constructor', db: 'admin' })).toBeUndefined();
  });
});
