/**
 * hello, and its older names: who this server is, what it can do, and whether that has changed (manual, "hello";
 * specifications "Server Discovery And Monitoring", "MongoDB Handshake").
 */
import { integer, ObjectId, type Timestamp } from '../bson/scalar.ts';
import { BsonDocument, type Value } from '../bson/value.ts';
import { typeName } from '../bson/value-type.ts';
import { MongoError } from '../error/mongo-error.ts';
import { limits } from '../limits.ts';
import type { Operation } from '../session/operation.ts';
import { negotiateCompression } from '../wire/compression.ts';
import { speculate, supportedMechanisms } from './access/hello-login.ts';
import type { Command, CommandRequest, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import type { Services } from './services.ts';
import { shownHost } from './shown-host.ts';

/** Wire versions that are spoken; the newer is MongoDB 8.2. */
const wireVersions = { minWireVersion: 0, maxWireVersion: 27 } as const;

const metadataBytes = 512;
const appNameBytes = 128;

export const hello: Command = {
  ...diagnostic,
  name: 'hello',
  help: 'Says who this server is and what it can do; may wait for that to change.',
  needsLogin: false,
  inStableApi: true,
  secretFields: ['speculativeAuthenticate.payload'],
  run: (operation, request, services) => answer(operation, request, services, 'isWritablePrimary'),
};

export const isMaster: Command = {
  ...hello,
  name: 'isMaster',
  aliases: ['ismaster'],
  help: 'The older name of hello.',
  inStableApi: false,
  run: (operation, request, services) => answer(operation, request, services, 'ismaster'),
};

type PrimaryField = 'isWritablePrimary' | 'ismaster';

function answer(
  operation: Operation,
  { body }: CommandRequest,
  services: Services,
  primaryField: PrimaryField,
): Reply | Promise<Reply> {
  takeMetadata(operation, body);
  const awaitMs = parseAwait(body, services);
  if (awaitMs === 0) return describe(operation, body, services, primaryField);
  return awaitChange(operation, services, awaitMs).then(() => describe(operation, body, services, primaryField));
}

/** Keeps the handshake's `client` document. Throws where it is incomplete, too large, or comes a second time. */
function takeMetadata({ client }: Operation, body: BsonDocument): void {
  const metadata = body.get('client');
  if (metadata === undefined) return;
  if (!(metadata instanceof BsonDocument)) throw wrongType('hello.client', metadata, 'object');
  if (client.metadata !== undefined) {
    throw new MongoError(
      'ClientMetadataCannotBeMutated',
      'The client metadata document may only be sent in the first hello',
    );
  }
  if ((metadata.encoded?.length ?? 0) > metadataBytes) {
    throw new MongoError(
      'ClientMetadataDocumentTooLarge',
      `The client metadata document must be less then or equal to ${metadataBytes} bytes`,
    );
  }
  for (const path of ['driver.name', 'driver.version', 'os.type']) requireText(metadata, path);
  const application = metadata.get('application');
  const name = application instanceof BsonDocument ? application.get('name') : undefined;
  if (typeof name === 'string' && Buffer.byteLength(name) > appNameBytes) {
    throw new MongoError(
      'ClientMetadataAppNameTooLarge',
      `The 'client.application.name' field must be less then or equal to ${appNameBytes} bytes in length`,
    );
  }
  client.metadata = metadata;
  client.appName = typeof name === 'string' ? name : undefined;
}

function requireText(metadata: BsonDocument, path: string): void {
  const [outer = '', inner = ''] = path.split('.');
  const holder = metadata.get(outer);
  const value = holder instanceof BsonDocument ? holder.get(inner) : undefined;
  if (typeof value === 'string') return;
  throw new MongoError(
    'ClientMetadataMissingField',
    `Missing required field '${path}' in the client metadata document`,
  );
}

/** Milliseconds to wait for a change; 0 where the client does not wait or knows an older state. */
function parseAwait(body: BsonDocument, { topology }: Services): number {
  const version = body.get('topologyVersion');
  const maxAwaitTimeMs = body.get('maxAwaitTimeMS');
  if (version === undefined && maxAwaitTimeMs === undefined) return 0;
  if (version === undefined || maxAwaitTimeMs === undefined) {
    throw new MongoError(
      'Location31368',
      version === undefined
        ? "A request with 'maxAwaitTimeMS' must include a 'topologyVersion'"
        : "A request with 'topologyVersion' must include 'maxAwaitTimeMS'",
    );
  }
  if (!(version instanceof BsonDocument)) throw wrongType('hello.topologyVersion', version, 'object');
  const awaitMs = Number(maxAwaitTimeMs);
  if (!Number.isFinite(awaitMs) || awaitMs < 0) {
    throw new MongoError('Location31373', 'maxAwaitTimeMS must be a non-negative integer');
  }
  const counter = version.get('counter');
  const processId = version.get('processId');
  if (typeof counter !== 'bigint') throw wrongType('hello.topologyVersion.counter', counter, 'long');
  if (!(processId instanceof ObjectId)) throw wrongType('hello.topologyVersion.processId', processId, 'objectId');
  if (counter < 0n) throw new MongoError('Location31372', 'topologyVersion must have a non-negative counter');
  if (!processId.equals(topology.processId)) return 0;
  if (counter > topology.counter) {
    throw new MongoError('Location31382', `the topology version's counter ${counter} is ahead of ${topology.counter}`);
  }
  return counter < topology.counter ? 0 : awaitMs;
}

async function awaitChange(operation: Operation, { clock, topology }: Services, awaitMs: number): Promise<void> {
  operation.ignoreDeadline();
  let wake: () => void = () => undefined;
  const elapsed = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const timer = clock.after(awaitMs, wake);
  await Promise.race([topology.whenChanged(), operation.whenInterrupted(), elapsed]);
  timer.cancel();
  operation.checkInterrupt();
}

function describe(operation: Operation, body: BsonDocument, services: Services, primaryField: PrimaryField): Reply {
  const { clock, parameters, topology } = services;
  const offered = body.get('compression');
  return {
    helloOk: body.get('helloOk') === true ? true : undefined,
    topologyVersion: { processId: topology.processId, counter: topology.counter },
    ...replicaSetFields(services, operation, primaryField),
    automationServiceDescriptor: parameters.get('automationServiceDescriptor') || undefined,
    maxBsonObjectSize: limits.documentSizeBytes,
    maxMessageSizeBytes: limits.messageSizeBytes,
    maxWriteBatchSize: limits.writeBatchSize,
    localTime: new Date(clock.nowMs()),
    logicalSessionTimeoutMinutes: parameters.get('localLogicalSessionTimeoutMinutes'),
    connectionId: integer(operation.client.id),
    ...wireVersions,
    readOnly: false,
    compression: Array.isArray(offered) ? negotiateCompression(offered.filter(isText)) : undefined,
    saslSupportedMechs: supportedMechanisms(services, body),
    speculativeAuthenticate: speculate(services, operation, body),
  };
}

/** The face of the only member of a replica set, which is its primary; or of a standalone. */
function replicaSetFields({ identity, time }: Services, { client }: Operation, primaryField: PrimaryField): Reply {
  if (identity.replicaSet === undefined) return { [primaryField]: true };
  const written = time.applied;
  const host = shownHost(identity, client);
  return {
    hosts: [host],
    setName: identity.replicaSet,
    setVersion: 1,
    [primaryField]: true,
    secondary: false,
    primary: host,
    me: host,
    electionId: identity.electionId,
    lastWrite: {
      opTime: { ts: written, t: 1n },
      lastWriteDate: dateOf(written),
      majorityOpTime: { ts: written, t: 1n },
      majorityWriteDate: dateOf(written),
    },
  };
}

function dateOf(time: Timestamp): Date {
  return new Date((time.high >>> 0) * 1000);
}

function isText(value: Value): value is string {
  return typeof value === 'string';
}

function wrongType(path: string, value: Value | undefined, expected: string): MongoError {
  const actual = value === undefined ? 'missing' : typeName(value);
  return new MongoError(
    'TypeMismatch',
    `BSON field '${path}' is the wrong type '${actual}', expected type '${expected}'`,
  );
}
