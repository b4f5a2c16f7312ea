/** What roles are, what they may hold, and what they give to whoever has them. */
import type { Db, Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessWorld, codeOf, unauthorized } from './world.ts';

const badValue = 2;
const failedToParse = 9;
const illegalOperation = 20;
const roleNotFound = 31;
const invalidRoleModification = 49;
const roleExists = 51_002;

let world: AccessWorld;
let shop: Db;

beforeAll(async () => {
  world = await AccessWorld.start();
  shop = world.root.db('shop');
  await shop.collection('items').insertOne({ n: 1 });
  await shop.collection('secrets').insertOne({ n: 1 });
  await world.root.db('other').collection('things').insertOne({ n: 1 });
});

afterAll(() => world.stop());

const onItems = { resource: { db: 'shop', collection: 'items' }, actions: ['find'] };

async function info(role: unknown, options: Document = {}, database = shop): Promise<Document[]> {
  return (await database.command({ rolesInfo: role, ...options })).roles;
}

describe('a role', () => {
  it('shows what it was made of, and what it is changed to', async () => {
    await shop.command({ createRole: 'reads', privileges: [onItems], roles: [] });
    await shop.command({ createRole: 'holds', privileges: [], roles: ['reads', 'readWrite'] });
    const [holds] = await info('holds', { showPrivileges: true });
    expect(holds).toMatchObject({
      _id: 'shop.holds',
      role: 'holds',
      db: 'shop',
      isBuiltin: false,
      privileges: [],
      roles: [
        { role: 'reads', db: 'shop' },
        { role: 'readWrite', db: 'shop' },
      ],
    });
    expect(holds?.inheritedRoles).toEqual(holds?.roles);
    expect(holds?.inheritedPrivileges).toContainEqual(onItems);
    await shop.command({ revokeRolesFromRole: 'holds', roles: ['readWrite'] });
    const insert = { resource: { db: 'shop', collection: 'items' }, actions: ['insert', 'find'] };
    await shop.command({ grantPrivilegesToRole: 'reads', privileges: [insert] });
    await shop.command({ revokePrivilegesFromRole: 'reads', privileges: [onItems] });
    const [changed] = await info({ role: 'holds', db: 'shop' }, { showPrivileges: true }, world.admin);
    expect(changed?.inheritedPrivileges).toEqual([{ ...onItems, actions: ['insert'] }]);
    await shop.command({ updateRole: 'holds', roles: [], privileges: [onItems] });
    expect(await info(['holds'], { showPrivileges: true })).toMatchObject([{ privileges: [onItems], roles: [] }]);
    expect((await info(1)).map(({ role }) => role)).toEqual(['holds', 'reads']);
    expect(await shop.command({ dropAllRolesFromDatabase: 1 })).toMatchObject({ n: 2 });
    expect(await info(1)).toEqual([]);
  });

  it('is built in for every database, and more in admin', async () => {
    const own = await info(1, { showBuiltinRoles: true });
    expect(own.map(({ role }) => role)).toEqual(['dbAdmin', 'dbOwner', 'read', 'readWrite', 'userAdmin']);
    expect(own[2]).toMatchObject({ isBuiltin: true, roles: [], inheritedRoles: [] });
    const [root] = await info('root', { showPrivileges: true }, world.admin);
    expect(root?.privileges.length).toBeGreaterThan(10);
    const { userFragment } = await shop.command({ rolesInfo: 'read', showPrivileges: 'asUserFragment' });
    expect(userFragment.roles).toEqual([{ role: 'read', db: 'shop' }]);
    expect(userFragment.inheritedPrivileges[0].actions).toContain('find');
  });

  it.each<[string, string, Document, number]>([
    ['without a name', 'shop', { createRole: '', privileges: [], roles: [] }, badValue],
    ['with the name of a built-in one', 'shop', { createRole: 'read', privileges: [], roles: [] }, badValue],
    ['in $external', '$external', { createRole: 'made', privileges: [], roles: [] }, badValue],
    ['of roles that are not there', 'shop', { createRole: 'made', privileges: [], roles: ['none'] }, roleNotFound],
    [
      'with a role of another database',
      'shop',
      { createRole: 'made', privileges: [], roles: [{ role: 'read', db: 'other' }] },
      invalidRoleModification,
    ],
    [
      'with a privilege on another database',
      'shop',
      {
        createRole: 'made',
        privileges: [{ resource: { db: 'other', collection: '' }, actions: ['find'] }],
        roles: [],
      },
      invalidRoleModification,
    ],
    [
      'with a privilege on the cluster',
      'shop',
      { createRole: 'made', privileges: [{ resource: { cluster: true }, actions: ['inprog'] }], roles: [] },
      invalidRoleModification,
    ],
    [
      'with an unknown action',
      'shop',
      { createRole: 'made', privileges: [{ ...onItems, actions: ['fly'] }], roles: [] },
      failedToParse,
    ],
    ['that is built in', 'shop', { updateRole: 'read', roles: [] }, invalidRoleModification],
    ['that is built in, gone', 'shop', { dropRole: 'read' }, invalidRoleModification],
    ['that is not there', 'shop', { updateRole: 'none', roles: [] }, roleNotFound],
    ['that is not there, gone', 'shop', { dropRole: 'none' }, roleNotFound],
    ['by nothing', 'shop', { updateRole: 'none' }, badValue],
    ['by no privileges', 'shop', { grantPrivilegesToRole: 'none', privileges: [] }, badValue],
    ['by no roles', 'shop', { grantRolesToRole: 'none', roles: [] }, badValue],
    ['of all as a fragment of a user', 'shop', { rolesInfo: 1, showPrivileges: 'asUserFragment' }, illegalOperation],
  ])('cannot be made, changed or shown %s', async (_what, database, command, code) => {
    expect(await codeOf(world.root.db(database).command(command))).toBe(code);
  });

  it('is made once, and holds itself neither directly nor through others', async () => {
    await shop.command({ createRole: 'a', privileges: [], roles: [] });
    expect(await codeOf(shop.command({ createRole: 'a', privileges: [], roles: [] }))).toBe(roleExists);
    await shop.command({ createRole: 'b', privileges: [], roles: ['a'] });
    await shop.command({ createRole: 'c', privileges: [], roles: ['b'] });
    expect(await codeOf(shop.command({ grantRolesToRole: 'a', roles: ['a'] }))).toBe(invalidRoleModification);
    expect(await codeOf(shop.command({ grantRolesToRole: 'a', roles: ['c'] }))).toBe(invalidRoleModification);
    expect(await codeOf(shop.command({ updateRole: 'a', roles: ['c'] }))).toBe(invalidRoleModification);
    await shop.command({ dropRole: 'b' });
    expect(await info('c')).toMatchObject([{ roles: [] }]);
    expect(await codeOf(shop.command({ grantRolesToRole: 'a', roles: ['c'] }))).toBe(0);
  });
});

describe('a user with roles', () => {
  it('may what they give, through roles of roles, from the moment of a change', async () => {
    await shop.command({ createRole: 'inner', privileges: [onItems], roles: [] });
    await shop.command({ createRole: 'outer', privileges: [], roles: ['inner'] });
    const ann = await world.user('ann', { role: 'outer', db: 'shop' });
    const find = (name: string): Promise<number> => codeOf(ann.db('shop').collection(name).findOne());
    expect(await find('items')).toBe(0);
    expect(await find('secrets')).toBe(unauthorized);
    await shop.command({ updateRole: 'inner', privileges: [] });
    expect(await find('items')).toBe(unauthorized);
    await shop.command({ grantRolesToRole: 'outer', roles: ['read'] });
    expect(await find('secrets')).toBe(0);
    await shop.command({ dropRole: 'outer' });
    expect(await find('secrets')).toBe(unauthorized);
    expect(await world.admin.command({ usersInfo: 'ann' })).toMatchObject({ users: [{ roles: [] }] });
  });

  it('may what whoever writes the collections themselves gives', async () => {
    const bob = await world.user('bob');
    const role = { _id: 'shop.written', role: 'written', db: 'shop', privileges: [onItems], roles: [] };
    const writer = await world.user('writer', 'restore');
    await writer.db('admin').collection<{ _id: string }>('system.roles').insertOne(role);
    await world.admin.command({ grantRolesToUser: 'bob', roles: [{ role: 'written', db: 'shop' }] });
    expect(await codeOf(bob.db('shop').collection('items').findOne())).toBe(0);
    await writer.db('admin').collection<{ _id: string }>('system.roles').deleteOne({ _id: 'shop.written' });
    expect(await codeOf(bob.db('shop').collection('items').findOne())).toBe(unauthorized);
  });

  it('sees the databases and collections that these rights are on, and no others', async () => {
    const eve = await world.user('eve', await world.role('seesItems', { db: 'shop', collection: 'items' }, 'find'));
    const names = async (options: Document): Promise<string[]> =>
      (await eve.db('admin').command({ listDatabases: 1, ...options })).databases.map(({ name }: Document) => name);
    expect(await names({})).toEqual(['shop']);
    expect(await names({ nameOnly: true, authorizedDatabases: true })).toEqual(['shop']);
    expect(await codeOf(names({ authorizedDatabases: false }))).toBe(unauthorized);
    const listed = eve.db('shop').listCollections({}, { nameOnly: true, authorizedCollections: true });
    expect((await listed.toArray()).map(({ name }) => name)).toEqual(['items']);
    expect(await codeOf(eve.db('shop').listCollections({}, { nameOnly: true }).toArray())).toBe(unauthorized);
  });

  it('reads through a view without reading what is behind it, and makes none of what is hidden', async () => {
    await shop.createCollection('shown', { viewOn: 'secrets', pipeline: [{ $unionWith: 'items' }] });
    const viewer = await world.user('viewer', await world.role('views', { db: 'shop', collection: 'shown' }, 'find'));
    expect(await viewer.db('shop').collection('shown').find().toArray()).toHaveLength(2);
    expect(await codeOf(viewer.db('shop').collection('secrets').findOne())).toBe(unauthorized);
    const maker = await world.user(
      'maker',
      { role: 'dbAdmin', db: 'shop' },
      await world.role('seesMine', { db: 'shop', collection: 'mine' }, 'find'),
    );
    const make = (name: string): Promise<number> =>
      codeOf(maker.db('shop').createCollection(name, { viewOn: 'secrets', pipeline: [] }));
    expect(await make('mine')).toBe(unauthorized);
    expect(await make('unread')).toBe(0);
  });

  it('hands out no more than roles of the databases where that is allowed', async () => {
    const keeper = await world.user('keeper', { role: 'userAdmin', db: 'shop' });
    const inShop = keeper.db('shop');
    const roles = (db: string): Document => ({ roles: [{ role: 'read', db }] });
    expect(await codeOf(inShop.command({ createUser: 'x', pwd: 'y', ...roles('shop') }))).toBe(0);
    expect(await codeOf(inShop.command({ createUser: 'z', pwd: 'y', ...roles('other') }))).toBe(unauthorized);
    expect(await codeOf(inShop.command({ grantRolesToUser: 'x', ...roles('other') }))).toBe(unauthorized);
    expect(await codeOf(inShop.command({ createRole: 'r', privileges: [onItems], roles: [] }))).toBe(0);
    const cluster = { privileges: [{ resource: { cluster: true }, actions: ['inprog'] }] };
    expect(await codeOf(inShop.command({ createRole: 's', roles: [], ...cluster }))).toBe(unauthorized);
    expect(await codeOf(keeper.db('admin').command({ createUser: 'q', pwd: 'y', roles: ['root'] }))).toBe(unauthorized);
    expect(await codeOf(inShop.command({ dropUser: 'x' }))).toBe(0);
  });

  it('joins only what it may read', async () => {
    const sly = await world.user('sly', await world.role('readsItems', { db: 'shop', collection: 'items' }, 'find'));
    const lookup = (from: string): Document[] => [
      { $lookup: { from, localField: 'n', foreignField: 'n', as: 'found' } },
    ];
    expect(await codeOf(sly.db('shop').collection('items').aggregate(lookup('items')).toArray())).toBe(0);
    expect(await codeOf(sly.db('shop').collection('items').aggregate(lookup('secrets')).toArray())).toBe(unauthorized);
  });

  it('is known to pipelines by the roles', async () => {
    const roles = await names(await world.user('rolled', { role: 'read', db: 'shop' }));
    expect(roles).toEqual([{ _id: 'shop.read', role: 'read', db: 'shop' }]);
  });
});

async function names(client: MongoClient): Promise<unknown> {
  const [row] = await client
    .db('shop')
    .collection('items')
    .aggregate([{ $project: { _id: 0, roles: '$$USER_ROLES' } }])
    .toArray();
  return row?.roles;
}

describe('a refusal', () => {
  it('says what was refused, and no secret', async () => {
    const plain = await world.user('plain');
    const message = async (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => '',
        (error: Error) => error.message,
      );
    const find = { find: 'items', filter: { a: 1 } };
    expect(await message(plain.db('shop').command(find))).toMatch(
      /^not authorized on shop to execute command \{ find: "items", filter: \{ a: 1 \}, .*\$db: "shop" \}$/,
    );
    const create = { createUser: 'x', pwd: 'hidden-word', roles: [] };
    const refusal = await message(plain.db('shop').command(create));
    expect(refusal).toContain('createUser: "x"');
    expect(refusal).not.toContain('hidden-word');
    const long = { insert: 'items', documents: [{ a: 'x'.repeat(5000) }] };
    expect((await message(plain.db('shop').command(long))).length).toBeLessThan(500);
  });

  it('of blocked writes does not reach who may write all the same', async () => {
    const writer = await world.user(
      'passing',
      { role: 'readWrite', db: 'shop' },
      await world.role('passes', { cluster: true }, 'bypassWriteBlockingMode'),
    );
    const other = await world.user('stopped', { role: 'readWrite', db: 'shop' });
    await world.admin.command({ setUserWriteBlockMode: 1, global: true });
    const write = (client: MongoClient): Promise<number> => codeOf(client.db('shop').collection('items').insertOne({}));
    expect(await write(writer)).toBe(0);
    expect(await write(other)).toBe(371);
    await world.admin.command({ setUserWriteBlockMode: 1, global: false });
    expect(await write(other)).toBe(0);
  });
});
