/**
 * Each command by nobody, by a user without rights, with exactly the right ones, with each of those missing, and by the internal
 * user, who may do everything.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Document, MongoClient, MongoServerError } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../src/command/command.ts';
import { commands } from '../../../src/command/table.ts';
import { type RunningServer, startServer } from '../../../src/index.ts';
import { type CommandCase, commandCases, type Right } from './command-cases.ts';

const unauthorized = 13;

let server: RunningServer;
let root: MongoClient;
let probe: MongoClient;
let nobody: MongoClient;
let internal: MongoClient;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sojourn-matrix-'));
  const keyFile = join(directory, 'key');
  await writeFile(keyFile, 'a2V5a2V5', { mode: 0o600 });
  server = await startServer({ storageEngine: 'memory', keyFile, parameters: { enableTestCommands: true } });
  nobody = await MongoClient.connect(server.uri, { maxPoolSize: 1, directConnection: true });
  await nobody.db('admin').command({ createUser: 'root', pwd: 'secret', roles: ['root'] });
  root = await MongoClient.connect(server.uri, { auth: { username: 'root', password: 'secret' } });
  const admin = root.db('admin');
  await admin.command({ createRole: 'probe', privileges: [], roles: [] });
  await admin.command({ createUser: 'probe', pwd: 'secret', roles: ['probe'] });
  await root.db('shop').collection('items').insertOne({ a: 1 });
  await root.db('shop').createCollection('shown', { viewOn: 'items', pipeline: [] });
  probe = await MongoClient.connect(server.uri, { auth: { username: 'probe', password: 'secret' } });
  const auth = { username: '__system', password: 'a2V5a2V5' };
  internal = await MongoClient.connect(server.uri, { auth, authSource: 'local' });
});

afterAll(async () => {
  for (const client of [internal, probe, nobody, root]) await client.close();
  await server.stop();
  await rm(directory, { recursive: true });
});

async function grant(rights: readonly Right[]): Promise<void> {
  const privileges = rights.map(({ resource, action }) => ({ resource, actions: [action] }));
  await root.db('admin').command({ updateRole: 'probe', privileges });
}

/** Whether a command was refused for want of a login or of rights, and not for what it says. */
async function isRefused(
  client: MongoClient,
  { name, isAdminOnly, privilege }: Command,
  given: CommandCase,
): Promise<boolean> {
  const isOnCollection = typeof privilege === 'object' && privilege.resource === 'collection';
  const value = given.value ?? (isOnCollection ? 'items' : 1);
  const database = given.database ?? (isAdminOnly ? 'admin' : 'shop');
  try {
    await client.db(database).command({ [name]: value, ...given.fields });
    return false;
  } catch (error) {
    if (error instanceof MongoServerError) return error.code === unauthorized;
    throw error;
  }
}

/** What the row of the table asks, as a privilege. */
function neededBy({ privilege, isAdminOnly }: Command, { needs, database, value }: CommandCase): readonly Right[] {
  if (needs !== undefined) return needs;
  if (typeof privilege === 'string') return [];
  if (typeof privilege === 'function') throw new Error('a command with a rule says in its case what it needs');
  const db = database ?? (isAdminOnly ? 'admin' : 'shop');
  const resources: Readonly<Record<string, Document>> = {
    cluster: { cluster: true },
    database: { db, collection: '' },
    collection: { db, collection: value ?? 'items' },
  };
  return [{ resource: resources[privilege.resource] ?? {}, action: privilege.action }];
}

function casesOf(name: string): readonly CommandCase[] | undefined {
  const given = Object.hasOwn(commandCases, name) ? commandCases[name] : undefined;
  return given === undefined || Array.isArray(given) ? given : [given as CommandCase];
}

describe('the command table under access control', () => {
  it('has a case for each command', () => {
    expect(commands.filter(({ name }) => casesOf(name) === undefined).map(({ name }) => name)).toEqual([]);
  });

  const rows = commands.flatMap((command) =>
    (casesOf(command.name) ?? []).map((given, at) => ({ title: `${command.name} ${at}`, command, given })),
  );

  it.each(rows)('$title', async ({ command, given }) => {
    const needs = neededBy(command, given);
    expect(await isRefused(nobody, command, given), 'without a login').toBe(command.needsLogin);
    if (!command.needsLogin) return;
    await grant([]);
    expect(await isRefused(probe, command, given), 'without rights').toBe(needs.length > 0);
    for (const missing of needs.length > 1 ? needs : []) {
      await grant(needs.filter((right) => right !== missing));
      expect(await isRefused(probe, command, given), `without ${missing.action}`).toBe(true);
    }
    await grant(needs);
    expect(await isRefused(probe, command, given), 'with exactly the rights').toBe(false);
    expect(await isRefused(internal, command, given), 'by the internal user').toBe(false);
  });
});
