/** Operations on the runner itself: fail points, assertions, waiting. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Document } from 'mongodb';
import { createEntities } from '../create-entity.ts';
import { isDirty, pinnedAddress, topologyDescription, transactionState } from '../driver-internals.ts';
import { isExpectedEvent } from '../event.ts';
import { BadTest, Mismatch } from '../failure.ts';
import type { TestContext } from '../test-context.ts';
import { requireOperation } from '../test-file.ts';
import type { OperationTable } from './table.ts';

const waitTimeoutMs = 10_000;
const pollMs = 20;

export const testRunnerOperations: OperationTable<TestContext> = {
  failPoint: async ({ entities, nodes }, { failPoint, client }) => {
    nodes.noteFailPoint(failPoint);
    await entities.requireKind('client', client).client.db('admin').command(failPoint);
  },

  targetedFailPoint: async ({ nodes, entities }, { failPoint, session }) => {
    const address = pinnedAddress(entities.requireKind('session', session));
    if (address === undefined) throw new BadTest(`${session} is not pinned, so that no server is the target`);
    await nodes.setFailPoint(failPoint, address);
  },

  assertSessionTransactionState: ({ entities }, { session, state }) => {
    const actual = transactionState(entities.requireKind('session', session));
    require(actual === state, `${session} should be in state ${state}, but is in ${actual}`);
  },

  assertSessionPinned: ({ entities }, { session }) =>
    require(entities.requireKind('session', session).isPinned, `${session} should be pinned`),

  assertSessionUnpinned: ({ entities }, { session }) =>
    require(!entities.requireKind('session', session).isPinned, `${session} should not be pinned`),

  assertSessionDirty: ({ entities }, { session }) =>
    require(isDirty(entities.requireKind('session', session)), `${session} should be dirty`),

  assertSessionNotDirty: ({ entities }, { session }) =>
    require(!isDirty(entities.requireKind('session', session)), `${session} should not be dirty`),

  assertSameLsidOnLastTwoCommands: (context, { client }) => {
    const [last, previous] = lastTwoLsids(context, client);
    require(last === previous, `the last two commands should have the same lsid, not ${previous} and ${last}`);
  },

  assertDifferentLsidOnLastTwoCommands: (context, { client }) => {
    const [last, previous] = lastTwoLsids(context, client);
    require(last !== previous, `the last two commands should have different lsids, not ${last} twice`);
  },

  assertCollectionExists: async (context, { databaseName, collectionName }) =>
    require(await hasCollection(context, databaseName, collectionName), `${collectionName} should exist`),

  assertCollectionNotExists: async (context, { databaseName, collectionName }) =>
    require(!(await hasCollection(context, databaseName, collectionName)), `${collectionName} should not exist`),

  assertIndexExists: async (context, given) =>
    require(await hasIndex(context, given), `the index ${given.indexName} should exist`),

  assertIndexNotExists: async (context, given) =>
    require(!(await hasIndex(context, given)), `the index ${given.indexName} should not exist`),

  assertNumberConnectionsCheckedOut: ({ entities }, { client, connections }) => {
    const actual = entities.requireKind('client', client).checkedOutConnections;
    require(actual === connections, `${connections} connections should be checked out, but ${actual} are`);
  },

  createEntities: (context, { entities }) => createEntities(entities, context),

  runOnThread: ({ entities }, { thread, operation }, { nested }) => {
    const parsed = requireOperation(operation);
    entities.requireKind('thread', thread).run(() => nested(parsed));
  },

  waitForThread: ({ entities }, { thread }) => entities.requireKind('thread', thread).finish(waitTimeoutMs),

  waitForEvent: ({ entities }, { client, event, count }) =>
    entities
      .requireKind('client', client)
      .waitForEvents((seen) => isExpectedEvent(event, seen, entities), count, waitTimeoutMs),

  assertEventCount: ({ entities }, { client, event, count }) => {
    const seen = entities.requireKind('client', client).events.filter((item) => isExpectedEvent(event, item, entities));
    require(seen.length === count, `${count} such events should have been seen, but ${seen.length} were`);
  },

  recordTopologyDescription: ({ entities }, { client, id }) => {
    const it = topologyDescription(entities.requireKind('client', client).client);
    entities.add(id, { kind: 'topologyDescription', it });
  },

  assertTopologyType: ({ entities }, { topologyDescription: name, topologyType }) => {
    const { type } = entities.requireKind('topologyDescription', name);
    require(type === topologyType, `the topology should be ${topologyType}, but is ${type}`);
  },

  waitForPrimaryChange: async ({ entities }, { client, priorTopologyDescription, timeoutMS = waitTimeoutMs }) => {
    const { primary } = entities.requireKind('topologyDescription', priorTopologyDescription);
    const { client: driver } = entities.requireKind('client', client);
    const deadlineMs = Date.now() + timeoutMS;
    for (;;) {
      const now = topologyDescription(driver).primary;
      if (now !== undefined && now !== primary) return;
      require(Date.now() < deadlineMs, `no other primary within ${timeoutMS} ms`);
      await pause(pollMs);
    }
  },

  wait: async (_, { ms }) => {
    await pause(ms);
  },

  loop: () => {
    throw new BadTest('loops are for tests that run until they are told to stop; this runner has none');
  },
};

function require(holds: boolean, claim: string): void {
  if (!holds) throw new Mismatch(claim);
}

function lastTwoLsids({ entities }: TestContext, client: unknown): [string, string] {
  const started = entities.requireKind('client', client).events.filter(({ name }) => name === 'commandStartedEvent');
  const [previous, last] = started.slice(-2).map(({ event }) => event.command.lsid);
  if (last === undefined || previous === undefined) throw new Mismatch('two commands with an lsid were expected');
  return [last.id.toString('hex'), previous.id.toString('hex')];
}

async function hasCollection({ nodes }: TestContext, database: string, name: string): Promise<boolean> {
  const collections = await nodes.internal.db(database).listCollections({ name }, { nameOnly: true }).toArray();
  return collections.length > 0;
}

async function hasIndex(
  { nodes }: TestContext,
  { databaseName, collectionName, indexName }: Document,
): Promise<boolean> {
  const namespaceNotFound = 26;
  try {
    const indexes = await nodes.internal.db(databaseName).collection(collectionName).listIndexes().toArray();
    return indexes.some(({ name }) => name === indexName);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === namespaceNotFound) return false;
    throw error;
  }
}
