/**
 * Puts the parts of a server together, once per server and without anything shared between two of them:
 *
 *   engine ─► catalog ─┐
 *   parameters, clock ─┼─► gate ─► services ─► dispatcher ─► listeners
 *   cursors ───────────┘
 *
 * News that climbs from a lower floor to a higher one goes through what is connected here.
 */
import { followDepartures } from './access/departures.ts';
import { openAccess } from './access/open-access.ts';
import { TimeKeys, type TimeKeysOptions } from './access/time-keys.ts';
import type { UserStore } from './access/user-store.ts';
import type { ObjectId } from './bson/scalar.ts';
import type { BsonDocument } from './bson/value.ts';
import { Catalog } from './catalog/catalog.ts';
import type { WriteContext } from './catalog/document-write.ts';
import { markMultikey } from './catalog/index-build.ts';
import { systemCollections } from './catalog/system-collection.ts';
import { prepareSystemDatabases } from './catalog/system-database.ts';
import { removeExpired } from './catalog/ttl.ts';
import { ChangeLog } from './change/log.ts';
import { tendChanges } from './change/upkeep.ts';
import type { Clock } from './clock/clock.ts';
import { objectIdSource } from './clock/object-id.ts';
import type { Randomness } from './clock/randomness.ts';
import { addUsers, type FirstUser } from './command/access/first-users.ts';
import { imageSeconds, keepsImages } from './command/read/change-images.ts';
import { newestFeatureCompatibility } from './command/read/feature-compatibility.ts';
import type { Reach, Services } from './command/services.ts';
import { commands, findCommand } from './command/table.ts';
import { serverVersion } from './command/version.ts';
import { openServerSettings } from './command/write/open-settings.ts';
import { CursorRegistry } from './cursor/registry.ts';
import { MongoError } from './error/mongo-error.ts';
import type { Scripting } from './javascript/script-run.ts';
import { limits } from './limits.ts';
import type { Log } from './log.ts';
import type { ParameterStore } from './parameter/parameter.ts';
import { type BackgroundJob, BackgroundJobs } from './server/background-jobs.ts';
import type { ReceivingLimits } from './server/connection.ts';
import { containerGateways } from './server/container-gateway.ts';
import { Dispatcher } from './server/dispatch.ts';
import { RecordingLog } from './server/recording-log.ts';
import { WireServer, type WireServerOptions } from './server/server.ts';
import { WireStatistics } from './server/statistics.ts';
import type { TlsSettings } from './server/tls-settings.ts';
import { ServerTopology } from './server/topology.ts';
import type { TransportSecurity } from './server/transport-security.ts';
import type { Authority } from './session/authority.ts';
import { endUser } from './session/end-user.ts';
import { SessionService } from './session/session-service.ts';
import type { StorageEngine } from './storage/engine.ts';
import { TableWatch } from './storage/table-watch.ts';
import { LockableEngine, WriteLock } from './storage/write-lock.ts';

export interface AssemblyOptions {
  readonly engine: StorageEngine;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly parameters: ParameterStore;
  readonly log: Log;
  /** Name of the replica set of one; undefined shows a standalone. */
  readonly replicaSet: string | undefined;
  /** Access control is on: who would do something has to be logged in and have the right. */
  readonly isAccessControlled: boolean;
  /** Secrets that the nodes of one cluster share: each lets in as its internal user. Empty: there is none. */
  readonly clusterKeys: readonly Buffer[];
  /** Whether functions of clients run. */
  readonly scripting: Scripting;
  /** Undefined where TLS is not spoken. */
  readonly tls: TlsSettings | undefined;
  /** Connections that may be open at a time. */
  readonly maxIncomingConnections: number;
  readonly argv: readonly string[];
  readonly parsedOptions: BsonDocument;
  /** Begins to stop the whole server. */
  readonly shutdown: () => void;
}

export interface Assembly {
  /**
   * Serves at these addresses and answers the port; the host is what hello tells clients to connect to,
   * except where these are all addresses.
   * Throws SocketException where an address cannot be had.
   */
  listen(hosts: readonly string[], port: number, advertisedHost: string): Promise<number>;
  /** Makes those of these users that the store does not have. Throws as createUser does. */
  addUsers(users: readonly FirstUser[]): Promise<void>;
  /** Ends connections and jobs in order, then closes the engine. */
  stop(): Promise<void>;
}

/** How often keys are looked at, at least. */
const longestRotationCheckMs = 3_600_000;

/** How often the history of changes is looked through for what may go, in milliseconds. */
const changeUpkeepMs = 10_000;

/** Makes a server of its parts. The engine belongs to the assembly from here on. */
export async function assemble(given: AssemblyOptions): Promise<Assembly> {
  const writeLock = new WriteLock();
  const watch = new TableWatch();
  const options = { ...given, engine: new LockableEngine(given.engine, writeLock, watch) };
  const { engine, clock, randomness } = options;
  const log = new RecordingLog(options.log, clock);
  const catalog = await Catalog.open(engine, (error) => log.warn({ error }, 'tables of a dropped collection are left'));
  const { parameters, isAccessControlled: isEnforced } = options;
  const access = await openAccess({ ...options, isEnforced, catalog, watch, log });
  const { sessions, changes } = await openSessions(options, access.authority, log, () => catalog.version);
  const cursors = openCursors(options, sessions);
  const writing = openWriting(engine, catalog);
  const systemOptions = { catalog, clock, randomness, writing, commit: sessions.parts.commitPoint };
  await prepareSystemDatabases(systemOptions, {
    argv: options.argv,
    parsedOptions: options.parsedOptions,
    version: serverVersion.text,
    featureCompatibilityVersion: newestFeatureCompatibility,
  });
  const timeKeys = await openTimeKeys({ ...options, ...systemOptions, watch, log }, sessions);
  sessions.connect({ cursors, records: systemCollections(systemOptions), timeKeeper: timeKeys });
  if (isEnforced) endWithUsers(access.users, sessions, log);
  const settings = await openServerSettings(catalog, sessions.parts.defaults);
  const newObjectId = objectIdSource(clock, randomness);
  const statistics = new WireStatistics(options.maxIncomingConnections);
  const transportSecurity = options.tls && (await openTransportSecurity(options.tls, options));
  const topology = new ServerTopology(newObjectId());
  const identity = describeIdentity(options, newObjectId());
  const services: Services = {
    ...settings,
    ...access,
    writeLock,
    clock,
    randomness,
    log,
    recentLog: log,
    parameters,
    scripting: options.scripting,
    engine,
    catalog,
    changes,
    cursors,
    writing,
    newObjectId,
    sessions,
    operations: sessions.parts.operations,
    time: sessions.parts.time,
    defaults: sessions.parts.defaults,
    identity,
    topology,
    statistics,
    transportSecurity,
    commands,
    shutdown: options.shutdown,
  };
  const dispatcher = new Dispatcher({ gate: sessions.gate, services, statistics, findCommand });
  const server = openServer(services, { dispatcher, statistics, security: transportSecurity }, access.authority);
  const jobs = new BackgroundJobs(clock, log, backgroundJobs(services, timeKeys));
  return assembled({ services, sessions, server, jobs, topology, identity });
}

/** The parts that begin and end. */
interface RunningParts {
  readonly services: Services;
  readonly sessions: SessionService;
  readonly server: WireServer;
  readonly jobs: BackgroundJobs;
  readonly topology: ServerTopology;
  readonly identity: { host: string; reach: Reach; readonly replicaSet: string | undefined };
}

function assembled({ services, sessions, server, jobs, topology, identity }: RunningParts): Assembly {
  return {
    async listen(hosts, port, advertisedHost) {
      const chosen = await server.listen(hosts, port, (bound) => {
        identity.host = `${advertisedHost}:${bound}`;
        if (hosts.every((host) => host === '0.0.0.0' || host === '::')) {
          identity.reach = { kind: 'allAddresses', gateways: containerGateways() };
        }
      });
      sessions.start();
      jobs.start();
      services.log.info(
        { hosts, port: chosen, storageEngine: services.engine.capabilities.name, replicaSet: identity.replicaSet },
        'serving',
      );
      return chosen;
    },
    addUsers: (users) => addUsers(services, users),
    async stop() {
      services.log.info({ connections: services.statistics.connections.current }, 'stopping');
      topology.shutDown();
      services.writeLock.release();
      await server.stop();
      await jobs.stop();
      services.cursors.closeAll();
      await sessions.close();
      await services.engine.close();
    },
  };
}

function openWriting(engine: StorageEngine, catalog: Catalog): WriteContext {
  return {
    keyBytes: engine.capabilities.keyBytes,
    becomesMultikey: (collection, index, keys) =>
      markMultikey(catalog, collection, index.descriptor.name, keys.multikeyPaths),
  };
}

/** The sessions, and what is told of their commits. */
async function openSessions(
  { clock, randomness, parameters, engine, replicaSet }: AssemblyOptions,
  authority: Authority,
  log: Log,
  shapeVersion: () => number,
): Promise<{ readonly sessions: SessionService; readonly changes: ChangeLog }> {
  const face = replicaSet === undefined ? 'standalone' : 'replicaSet';
  const sessions = new SessionService({
    clock,
    randomness,
    parameters,
    engine,
    face,
    authority,
    log,
    shapeVersion,
  });
  await sessions.open();
  const changes = await ChangeLog.open({ clock, parameters, engine, now: () => sessions.parts.time.now() });
  sessions.connect({ changes });
  return { sessions, changes };
}

/** Loaded only where it is wanted: most servers start without TLS, and soon. */
async function openTransportSecurity(
  settings: TlsSettings,
  { log, clock, parameters }: Pick<AssemblyOptions, 'log' | 'clock' | 'parameters'>,
): Promise<TransportSecurity> {
  const { TransportSecurity } = await import('./server/transport-security.ts');
  const usesSystemAuthorities = settings.usesSystemAuthorities ?? parameters.get('tlsUseSystemCA');
  return TransportSecurity.open({ ...settings, usesSystemAuthorities }, log, clock);
}

function openServer(
  { parameters, log, clock }: Services,
  parts: Pick<WireServerOptions, 'dispatcher' | 'statistics' | 'security'>,
  authority: Authority,
): WireServer {
  const receiving: ReceivingLimits = {
    handshakeTimeoutMs: () => parameters.get('connectionHandshakeTimeoutMillis'),
    messageTimeoutMs: () => parameters.get('messageReceiveTimeoutMillis'),
    answerTimeoutMs: () => parameters.get('messageSendTimeoutMillis'),
    longestBeforeLogin: (client) =>
      authority.isEnforced && !authority.hasLocalhostException(client)
        ? limits.messageBeforeLoginBytes
        : limits.messageSizeBytes,
  };
  return new WireServer({ ...parts, log, clock, limits: receiving });
}

/** With access control cluster times are signed; a standalone shows none. */
async function openTimeKeys(
  options: AssemblyOptions & Omit<TimeKeysOptions, 'now'>,
  { parts }: SessionService,
): Promise<TimeKeys | undefined> {
  if (!options.isAccessControlled || options.replicaSet === undefined) return undefined;
  return TimeKeys.open({ ...options, now: () => parts.time.now() });
}

/** Users who are dropped take along what they had open. */
function endWithUsers(users: UserStore, sessions: SessionService, log: Log): void {
  followDepartures(users, (user) => {
    endUser(sessions.parts, user).catch((error: unknown) => log.warn({ error }, 'sessions of a dropped user are left'));
  });
}

function openCursors({ clock, randomness, parameters }: AssemblyOptions, sessions: SessionService): CursorRegistry {
  const { operations, options } = sessions.parts;
  return new CursorRegistry({
    hasOwners: options.authority.isEnforced,
    clock,
    randomness,
    parameters,
    interrupt: (operation, reason) => operations.find(operation.id)?.interrupt(new MongoError('CursorKilled', reason)),
  });
}

/** Who the server is; its host is filled in when it listens. */
function describeIdentity({ clock, replicaSet, argv, parsedOptions }: AssemblyOptions, electionId: ObjectId) {
  const reach: Reach = { kind: 'fixed' };
  return { host: '', reach, replicaSet, electionId, startMs: clock.nowMs(), argv, parsedOptions };
}

function backgroundJobs(services: Services, timeKeys: TimeKeys | undefined): BackgroundJob[] {
  const { parameters, cursors, catalog, clock, writing, changes, clusterParameters, sessions } = services;
  const commit = sessions.parts.commitPoint;
  const isStopping = (): boolean => services.topology.isShuttingDown;
  return [
    {
      name: 'closing idle cursors',
      periodMs: () => parameters.get('clientCursorMonitorFrequencySecs') * 1000,
      run: () => cursors.closeIdle(),
    },
    {
      name: 'rotating the keys of cluster times',
      periodMs: () => Math.min(longestRotationCheckMs, (parameters.get('KeysRotationIntervalSec') * 1000) / 4),
      run: () => timeKeys?.rotate(),
    },
    {
      name: 'removing expired documents',
      periodMs: () => parameters.get('ttlMonitorSleepSecs') * 1000,
      run: async () => {
        if (parameters.get('ttlMonitorEnabled')) await removeExpired({ catalog, clock, writing, commit, isStopping });
      },
    },
    {
      name: 'removing old changes',
      periodMs: () => changeUpkeepMs,
      run: () =>
        tendChanges(changes, { imageSeconds: imageSeconds(clusterParameters), keepsImages: keepsImages(catalog) }),
    },
  ];
}
