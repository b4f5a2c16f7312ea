import { beforeEach, describe, expect, it } from 'vitest';
import { document } from '../bson/literal.ts';
import { Binary } from '../bson/scalar.ts';
import type { BsonDocument } from '../bson/value.ts';
import { encodeDocument } from '../bson/write.ts';
import { CatalogWorld } from '../catalog/catalog-world.fake.ts';
import type { Collection } from '../catalog/collection.ts';
import { createCollection, renameEntry } from '../catalog/define.ts';
import { insertRecord, removeRecord, replaceRecord, type StoredRecord } from '../catalog/document-write.ts';
import { namespace } from '../catalog/namespace.ts';
import { yieldToEvents } from '../clock/clock.ts';
import { invariant } from '../error/invariant.ts';
import { silentLog } from '../log.ts';
import { MemoryEngine } from '../storage/memory/memory-engine.ts';
import { TableWatch } from '../storage/table-watch.ts';
import { LockableEngine, WriteLock } from '../storage/write-lock.ts';
import { UserStore, usersNamespace } from './user-store.ts';

const watch = new TableWatch();
let world: CatalogWorld;
let users: UserStore;
let warnings: string[];

beforeEach(async () => {
  warnings = [];
  world = await CatalogWorld.open(new LockableEngine(new MemoryEngine(), new WriteLock(), watch));
  users = await openStore();
});

function openStore(): Promise<UserStore> {
  const log = { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) };
  return UserStore.open({ catalog: world.catalog, watch, log });
}

function ann(role: string): BsonDocument {
  return document({
    _id: 'shop.ann',
    userId: new Binary(Buffer.alloc(16, 7), Binary.SUBTYPE_UUID),
    user: 'ann',
    db: 'shop',
    credentials: {
      'SCRAM-SHA-256': { iterationCount: 15000, salt: 'c2FsdA==', storedKey: 'a2V5', serverKey: 'c2VydmVy' },
    },
    roles: [{ role, db: 'shop' }],
  });
}

function collection(): Collection {
  const found = world.catalog.find(undefined, usersNamespace.database, usersNamespace.collection);
  invariant(found?.kind === 'collection', 'the collection was made');
  return found;
}

async function make(): Promise<void> {
  await world.change((transaction, hooks) =>
    createCollection(world.catalog, world.randomness, hooks, transaction, {
      name: usersNamespace,
      options: document({}),
    }),
  );
}

function insert(user: BsonDocument): Promise<StoredRecord> {
  return world.change((transaction) => insertRecord(world.writing, transaction, collection(), encodeDocument(user)));
}

describe('the users of a server', () => {
  it('are those of admin.system.users, by name and database', async () => {
    expect(users.size).toBe(0);
    await make();
    await insert(ann('read'));
    const user = users.find('ann', 'shop');
    expect(user).toMatchObject({ name: 'ann', database: 'shop', roles: [{ role: 'read', db: 'shop' }] });
    expect(user?.credentials['SCRAM-SHA-256']?.salt.toString()).toBe('salt');
    expect(users.find('ann', 'admin')).toBeUndefined();
  });

  it('are found again by a server that opens the store later', async () => {
    await make();
    await insert(ann('read'));
    expect((await openStore()).find('ann', 'shop')?.roles).toEqual([{ role: 'read', db: 'shop' }]);
  });

  it('follow each committed change, and no other', async () => {
    await make();
    const record = await insert(ann('read'));
    const before = users.generation;
    const changed = encodeDocument(ann('readWrite'));
    const open = await world.engine.begin();
    await replaceRecord(world.writing, open, collection(), record, changed);
    expect(users.find('ann', 'shop')?.roles).toEqual([{ role: 'read', db: 'shop' }]);
    let heard = 0;
    users.onChanged(() => heard++);
    await open.commit('visible');
    expect(users.find('ann', 'shop')?.roles).toEqual([{ role: 'readWrite', db: 'shop' }]);
    expect([users.generation > before, heard]).toEqual([true, 1]);
    const gone = await world.engine.begin();
    await removeRecord(world.writing, gone, collection(), { key: record.key, bytes: changed });
    gone.abort();
    expect(users.size).toBe(1);
    await world.change((transaction) =>
      removeRecord(world.writing, transaction, collection(), { key: record.key, bytes: changed }),
    );
    expect(users.size).toBe(0);
  });

  it('go with the collection, and come with one that is renamed to it', async () => {
    await make();
    await insert(ann('read'));
    const aside = namespace('admin', 'aside');
    const from = collection();
    await world.change((transaction, hooks) => renameEntry(world.catalog, hooks, transaction, from, aside, false));
    expect(users.size).toBe(0);
    const back = world.catalog.find(undefined, 'admin', 'aside');
    invariant(back?.kind === 'collection', 'it is there under its new name');
    const read = new Promise<void>((resolve) => users.onChanged(resolve));
    await world.change((transaction, hooks) =>
      renameEntry(world.catalog, hooks, transaction, back, usersNamespace, false),
    );
    await read;
    await yieldToEvents();
    expect(users.find('ann', 'shop')).toBeDefined();
  });

  it('pass over a document that is no user, and say so', async () => {
    await make();
    await insert(document({ _id: 'shop.bob', user: 'bob', db: 'shop', roles: 'all' }));
    await insert(ann('read'));
    expect([users.size, warnings.length]).toEqual([1, 1]);
  });
});
