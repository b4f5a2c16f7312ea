import { beforeEach, describe, expect, it } from 'vitest';
import { parsePrivilege } from '../auth/privilege.ts';
import { clusterResource, collectionResource } from '../auth/resource.ts';
import { document } from '../bson/literal.ts';
import { encodeDocument } from '../bson/write.ts';
import { CatalogWorld } from '../catalog/catalog-world.fake.ts';
import { createCollection } from '../catalog/define.ts';
import { insertRecord } from '../catalog/document-write.ts';
import type { Namespace } from '../catalog/namespace.ts';
import { invariant } from '../error/invariant.ts';
import { silentLog } from '../log.ts';
import { ParameterStore } from '../parameter/parameter.ts';
import type { ClientConnection } from '../session/operation.ts';
import { connection } from '../session/session-world.fake.ts';
import { MemoryEngine } from '../storage/memory/memory-engine.ts';
import { TableWatch } from '../storage/table-watch.ts';
import { LockableEngine, WriteLock } from '../storage/write-lock.ts';
import { AccessControl } from './access-control.ts';
import { KnownUsers } from './known-users.ts';
import { RoleStore, rolesNamespace } from './role-store.ts';
import { UserStore, usersNamespace } from './user-store.ts';

const items = collectionResource('shop', 'items');

let world: CatalogWorld;
let roles: RoleStore;
let control: AccessControl;

beforeEach(async () => {
  const watch = new TableWatch();
  world = await CatalogWorld.open(new LockableEngine(new MemoryEngine(), new WriteLock(), watch));
  for (const name of [usersNamespace, rolesNamespace]) {
    await world.change((transaction, hooks) =>
      createCollection(world.catalog, world.randomness, hooks, transaction, { name, options: document({}) }),
    );
  }
  const options = { catalog: world.catalog, watch, log: silentLog };
  const users = await UserStore.open(options);
  roles = await RoleStore.open(options);
  control = new AccessControl({ users: new KnownUsers(users, undefined), roles, parameters: new ParameterStore() });
});

async function insert(name: Namespace, fields: Parameters<typeof document>[0]): Promise<void> {
  await world.change(async (transaction) => {
    const collection = world.catalog.find(transaction, name.database, name.collection);
    invariant(collection?.kind === 'collection', 'the collection was made');
    await insertRecord(world.writing, transaction, collection, encodeDocument(document(fields)));
  });
}

async function addUser(name: string, role: string, db = 'shop'): Promise<ClientConnection> {
  const fields = {
    _id: `admin.${name}`,
    user: name,
    db: 'admin',
    credentials: { external: true },
    roles: [{ role, db }],
  };
  await insert(usersNamespace, fields);
  return connection(2, { name, database: 'admin' });
}

async function addRole(role: string, held: readonly string[], ...actions: string[]): Promise<void> {
  const privileges = actions.map((action) => ({ resource: { db: 'shop', collection: 'items' }, actions: [action] }));
  await insert(rolesNamespace, {
    _id: `shop.${role}`,
    role,
    db: 'shop',
    privileges,
    roles: held.map((name) => ({ role: name, db: 'shop' })),
  });
}

describe('access control', () => {
  it('knows what a user may do by the roles, as soon as they are there', async () => {
    const ann = await addUser('ann', 'outer');
    expect(control.isAuthorized(ann, 'find', items)).toBe(false);
    await addRole('outer', ['inner']);
    await addRole('inner', [], 'find', 'fly');
    expect(control.isAuthorized(ann, 'find', items)).toBe(true);
    expect(control.isAuthorized(ann, 'insert', items)).toBe(false);
    expect(control.rolesOf(ann).map(({ role }) => role)).toEqual(['outer', 'inner']);
    expect(roles.find({ role: 'inner', db: 'shop' })?.privileges).toEqual([
      parsePrivilege(document({ resource: { db: 'shop', collection: 'items' }, actions: ['find'] })),
      { resource: { kind: 'namespace', database: 'shop', collection: 'items' }, actions: [] },
    ]);
  });

  it('knows no rights of users who are not there, and logs them out', async () => {
    const gone = connection(3, { name: 'gone', database: 'admin' });
    const other = connection(4, { name: 'ann', database: 'admin', id: 'of somebody before' });
    const ann = await addUser('ann', 'root', 'admin');
    expect([ann, gone, other].map((client) => control.isAuthorized(client, 'find', items))).toEqual([
      true,
      false,
      false,
    ]);
    for (const client of [ann, gone, other]) control.confirm(client);
    expect([ann, gone, other].map(({ user }) => user?.name)).toEqual(['ann', undefined, undefined]);
  });

  it('lets whoever comes first on this machine make the first user, and do nothing else', async () => {
    const first = connection(5);
    const inAdmin = { kind: 'database', database: 'admin' } as const;
    expect(control.isAuthorized(first, 'createUser', inAdmin)).toBe(true);
    expect(control.isAuthorized(first, 'createUser', { kind: 'database', database: 'shop' })).toBe(false);
    expect(control.isAuthorized(first, 'find', items)).toBe(false);
    expect(control.isAuthorized(first, 'serverStatus', clusterResource)).toBe(false);
    await addRole('made', []);
    expect(control.isAuthorized(first, 'createUser', inAdmin)).toBe(false);
  });

  it('never answers for one resource what it found for another', async () => {
    const eve = await addUser('eve', 'read');
    for (const [database, collection] of [
      ['', 'cluster'],
      ['', 'anyResource'],
      ['shop', 'items'],
      ['shop.items', ''],
    ] as const) {
      control.isAuthorized(eve, 'find', collectionResource(database, collection));
    }
    expect(control.isAuthorized(eve, 'find', clusterResource)).toBe(false);
    expect(control.isAuthorized(eve, 'find', { kind: 'anyResource' })).toBe(false);
    expect(control.isAuthorized(eve, 'find', { kind: 'database', database: 'shop.items' })).toBe(false);
    expect(control.isAuthorized(eve, 'find', items)).toBe(true);
    expect(control.knowsDatabase(eve, 'other')).toBe(false);
    expect(control.knowsCollection(eve, 'shop', 'items')).toBe(true);
  });
});
