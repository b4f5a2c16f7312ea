/** One test: its data written, its entities made, its operations run, what it expects afterwards looked at. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Document } from 'mongodb';
import { createEntities } from './create-entity.ts';
import { EntityMap } from './entity.ts';
import { matchEvents } from './event.ts';
import { Mismatch } from './failure.ts';
import { matchLogMessages } from './log-message.ts';
import { matchRootList } from './match.ts';
import type { Nodes } from './node.ts';
import { runOperation } from './operation-run.ts';
import type { TestContext } from './test-context.ts';
import type { CollectionData, Test, TestFile } from './test-file.ts';

/** Longer than any wait inside a test. */
const testTimeoutMs = 30_000;

/** Where tests run. */
export interface TestGround {
  readonly uri: string;
  readonly nodes: Nodes;
  /** See `MatchScope.extraFields`. */
  readonly extraFields: readonly string[];
}

/** Runs a test to its end and cleans up. Throws when it fails. */
export async function runTest(file: TestFile, test: Test, { uri, nodes, extraFields }: TestGround): Promise<void> {
  const entities = new EntityMap(extraFields);
  try {
    await withDeadline(execute(file, test, { uri, nodes, entities }), testTimeoutMs);
  } catch (error) {
    await nodes.killAllSessions().catch(() => undefined);
    throw error;
  } finally {
    await withDeadline(cleanUp(entities, nodes), testTimeoutMs).catch(() => undefined);
  }
  if (usesTransactions(test)) await nodes.killAllSessions();
}

type Surroundings = Omit<TestContext, 'clusterTime'>;

async function execute(file: TestFile, test: Test, surroundings: Surroundings): Promise<void> {
  const { nodes, entities } = surroundings;
  for (const data of file.initialData ?? []) await writeInitialData(data, nodes);
  const { $clusterTime } = await nodes.internal.db('admin').command({ ping: 1 });
  const context: TestContext = { ...surroundings, clusterTime: $clusterTime };
  await createEntities(file.createEntities ?? [], context);
  for (const operation of test.operations) await runOperation(operation, context);

  for (const client of entities.all('client')) client.stopObserving();
  await nodes.clearFailPoints();
  for (const expected of test.expectEvents ?? []) {
    const client = entities.requireKind('client', expected.client);
    matchEvents(expected, client.eventsOfType(expected.eventType ?? 'command'), entities);
  }
  for (const expected of test.expectLogMessages ?? []) {
    matchLogMessages(expected, entities.requireKind('client', expected.client).logs, entities);
  }
  for (const data of test.outcome ?? []) await matchOutcome(data, context);
}

/** The collection as the test wants it: dropped, created where it stays empty or has options, filled. */
async function writeInitialData(data: CollectionData, { internal }: Nodes): Promise<void> {
  const writeConcern = { w: 'majority' } as const;
  const database = internal.db(data.databaseName, { writeConcern });
  const collection = database.collection(data.collectionName);
  await collection.drop();
  if (data.createOptions !== undefined || data.documents.length === 0) {
    await database.createCollection(data.collectionName, data.createOptions);
  }
  if (data.documents.length > 0) await collection.insertMany(data.documents);
}

/** The collection must hold exactly these documents, apart from the order of their keys. */
async function matchOutcome(data: CollectionData, { nodes, entities }: TestContext): Promise<void> {
  const options = { readPreference: 'primary', readConcern: { level: 'local' } } as const;
  const collection = nodes.internal.db(data.databaseName).collection(data.collectionName, options);
  const documents = await collection.find({}, { sort: { _id: 1 } }).toArray();
  // Inside another, a document may have no further keys.
  const [expected, actual] = [data.documents, documents].map((list: Document[]) =>
    list.map((document) => ({ document })),
  );
  matchRootList(expected ?? [], actual, entities, `the outcome in ${data.collectionName}`);
}

async function cleanUp(entities: EntityMap, nodes: Nodes): Promise<void> {
  await nodes.clearFailPoints();
  const closings = [
    ...entities.all('cursor').map((cursor) => cursor.close()),
    ...entities.all('session').map((session) => session.endSession()),
  ];
  await Promise.allSettled(closings);
  await Promise.allSettled(entities.all('client').map(({ client }) => client.close()));
}

function usesTransactions(test: Test): boolean {
  return test.operations.some(({ name }) => name === 'startTransaction' || name === 'withTransaction');
}

async function withDeadline(work: Promise<void>, timeoutMs: number): Promise<void> {
  const abort = new AbortController();
  const late = pause(timeoutMs, undefined, { signal: abort.signal }).then(() => {
    throw new Mismatch(`the test did not end within ${timeoutMs} ms`);
  });
  late.catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    abort.abort();
  }
}
