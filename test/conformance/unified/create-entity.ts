/** Building the entities that a test names in `createEntities`. */
import { type Document, GridFSBucket, Timestamp } from 'mongodb';
import { setSnapshotTime } from './driver-internals.ts';
import type { EntityMap } from './entity.ts';
import { BadTest } from './failure.ts';
import { ObservedClient } from './observed-client.ts';
import { prepareOptions } from './operation-argument.ts';
import { requireShape } from './test-file.ts';
import { Thread } from './thread.ts';

export interface EntitySurroundings {
  readonly uri: string;
  readonly entities: EntityMap;
  /** The newest cluster time that the runner knows: what it wrote must be seen on every node. */
  readonly clusterTime: Document | undefined;
}

type Create = (specification: Document, surroundings: EntitySurroundings) => Promise<void> | void;

/** Each kind of entity, with the keys that its specification may have beside `id`. */
const creators: Readonly<Record<string, { readonly keys: readonly string[]; readonly create: Create }>> = {
  client: {
    keys: [
      'uriOptions',
      'useMultipleMongoses',
      'observeEvents',
      'ignoreCommandMonitoringEvents',
      'observeSensitiveCommands',
      'observeLogMessages',
      'serverApi',
      'autoEncryptOpts',
      'storeEventsAsEntities',
    ],
    create: createClient,
  },
  database: { keys: ['client', 'databaseName', 'databaseOptions'], create: createDatabase },
  collection: { keys: ['database', 'collectionName', 'collectionOptions'], create: createCollection },
  session: { keys: ['client', 'sessionOptions'], create: createSession },
  bucket: { keys: ['database', 'bucketOptions'], create: createBucket },
  thread: { keys: [], create: ({ id }, { entities }) => entities.add(id, { kind: 'thread', it: new Thread() }) },
};

/** Creates entities in their order. Throws `BadTest` for one that cannot be, and for kinds that are not supported. */
export async function createEntities(
  specifications: readonly Document[],
  surroundings: EntitySurroundings,
): Promise<void> {
  for (const wrapped of specifications) {
    const [kind, ...others] = Object.keys(wrapped);
    const creator = creators[kind ?? ''];
    if (kind === undefined || others.length > 0) throw new BadTest('an entity has one kind');
    if (kind === 'clientEncryption') throw new BadTest('client-side encryption is not set up here');
    if (creator === undefined) throw new BadTest(`no entity is called ${kind}`);
    requireShape(wrapped[kind], { required: ['id'], optional: creator.keys }, `the entity ${kind}`);
    await creator.create(wrapped[kind], surroundings);
  }
}

async function createClient(specification: Document, { uri, entities }: EntitySurroundings): Promise<void> {
  const observed = new ObservedClient(uri, specification);
  entities.add(specification.id, { kind: 'client', it: observed });
  await observed.client.connect();
}

function createDatabase(
  { id, client, databaseName, databaseOptions }: Document,
  { entities }: EntitySurroundings,
): void {
  const owner = entities.requireKind('client', client);
  entities.add(id, { kind: 'database', it: owner.client.db(databaseName, prepareOptions(databaseOptions)) });
}

function createCollection(specification: Document, { entities }: EntitySurroundings): void {
  const { id, database, collectionName, collectionOptions } = specification;
  const owner = entities.requireKind('database', database);
  entities.add(id, { kind: 'collection', it: owner.collection(collectionName, prepareOptions(collectionOptions)) });
}

function createBucket({ id, database, bucketOptions }: Document, { entities }: EntitySurroundings): void {
  const owner = entities.requireKind('database', database);
  entities.add(id, { kind: 'bucket', it: new GridFSBucket(owner, prepareOptions(bucketOptions)) });
}

function createSession(
  { id, client, sessionOptions = {} }: Document,
  { entities, clusterTime }: EntitySurroundings,
): void {
  const owner = entities.requireKind('client', client);
  const { defaultTransactionOptions, snapshotTime, ...options } = sessionOptions;
  const session = owner.client.startSession({
    ...options,
    ...(defaultTransactionOptions !== undefined && {
      defaultTransactionOptions: prepareOptions(defaultTransactionOptions),
    }),
  });
  if (clusterTime !== undefined)
    session.advanceClusterTime({ clusterTime: clusterTime.clusterTime, signature: clusterTime.signature });
  if (snapshotTime !== undefined)
    setSnapshotTime(session, requireTimestamp(entities.value(snapshotTime), snapshotTime));
  entities.add(id, { kind: 'session', it: session });
}

function requireTimestamp(value: unknown, name: string): Timestamp {
  if (value instanceof Timestamp) return value;
  throw new BadTest(`"${name}" is no cluster time`);
}
