import type { LoginCounts } from '../access/login-statistics.ts';
import { document } from '../bson/literal.ts';
import { double, integer } from '../bson/scalar.ts';
import type { BsonDocument, Value } from '../bson/value.ts';
import type { ClientConnection } from '../session/operation.ts';
import type { Command, Reply } from './command.ts';
import { diagnostic } from './policy.ts';
import { catalogStatistics, globalLock, heldLocks } from './read/server-sections.ts';
import type { Services } from './services.ts';
import { shownHost } from './shown-host.ts';
import { serverVersion } from './version.ts';

/** serverStatus: counts and states of the whole server (manual, "serverStatus"). */
export const serverStatus: Command = {
  ...diagnostic,
  name: 'serverStatus',
  help: 'counts and states of the server',
  privilege: { action: 'serverStatus', resource: 'cluster' },
  run({ client }, request, services): Reply {
    const { clock, identity } = services;
    const uptimeMs = clock.nowMs() - identity.startMs;
    const sections: Record<string, () => Value | undefined> = {
      connections: () => connections(services),
      metrics: () => metrics(services),
      network: () => network(services),
      opcounters: () => opcounters(services),
      opcountersRepl: () => document({ insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 }),
      catalogStats: () => catalogStatistics(services),
      globalLock: () => globalLock(services),
      locks: () => heldLocks(services),
      extra_info: () => processUsage(),
      logicalSessionRecordCache: () => services.sessions.cacheStatistics(),
      security: () => security(services),
      transportSecurity: () => transportSecurity(services),
      transactions: () => services.sessions.transactionStatistics(),
      storageEngine: () => storageEngine(services),
      mem: () => memory(),
      repl: () => (identity.replicaSet === undefined ? undefined : replication(services, client, identity.replicaSet)),
    };
    const reply: { [name: string]: Value | undefined } = {
      host: identity.host,
      version: serverVersion.text,
      // Tools tell a router (mongos) from what holds data (mongod) by this name.
      process: 'mongod',
      service: [],
      pid: BigInt(process.pid),
      uptime: double(Math.floor(uptimeMs / 1000)),
      uptimeMillis: BigInt(Math.max(0, Math.floor(uptimeMs))),
      uptimeEstimate: BigInt(Math.max(0, Math.floor(uptimeMs / 1000))),
      localTime: new Date(clock.nowMs()),
      asserts: document({
        regular: 0,
        warning: 0,
        msg: 0,
        user: integer(failures(services)),
        tripwire: 0,
        rollovers: 0,
      }),
    };
    for (const [name, section] of Object.entries(sections)) {
      const wanted = request.body.get(name);
      if (wanted === 0 || wanted === false) continue;
      reply[name] = section();
    }
    return reply;
  },
};

function failures({ statistics }: Services): number {
  let failed = 0;
  for (const counts of statistics.commands.values()) failed += counts.failed;
  return failed;
}

function connections({ statistics }: Services): BsonDocument {
  const { current, totalCreated, active, rejected, limit } = statistics.connections;
  return document({ current, available: limit - current, totalCreated, rejected, active, threaded: current });
}

/** Logins by mechanism, and the certificate that the server shows. */
function security({ login, transportSecurity }: Services): BsonDocument {
  const count = ({ received, successful }: LoginCounts) => ({
    received: BigInt(received),
    successful: BigInt(successful),
  });
  const mechanisms = [...login.statistics.counts()].map(([name, ways]) => [
    name,
    {
      speculativeAuthenticate: count(ways.speculativeAuthenticate),
      clusterAuthenticate: count({ received: 0, successful: 0 }),
      authenticate: count(ways.authenticate),
    },
  ]);
  const tls = transportSecurity?.describe();
  return document({
    authentication: {
      saslSupportedMechsReceived: BigInt(login.statistics.mechanismsAsked),
      mechanisms: Object.fromEntries(mechanisms),
    },
    SSLServerSubjectName: tls?.subjectName,
    SSLServerHasCertificateAuthority: tls?.hasCertificateAuthority,
    SSLServerCertificateExpirationDate: tls?.expires,
  });
}

/** Connections ever by version of TLS. */
function transportSecurity({ transportSecurity: tls }: Services): BsonDocument {
  const counts = tls?.describe().connectionsByProtocol ?? new Map<string, number>();
  const of = (protocol: string): bigint => BigInt(counts.get(protocol) ?? 0);
  return document({
    '1.0': 0n,
    '1.1': 0n,
    '1.2': of('TLSv1.2'),
    '1.3': of('TLSv1.3'),
    unknown: of('unknown'),
  });
}

function network({ statistics }: Services): BsonDocument {
  const { bytesIn, bytesOut, requests } = statistics.network;
  return document({ bytesIn: BigInt(bytesIn), bytesOut: BigInt(bytesOut), numRequests: BigInt(requests) });
}

function opcounters({ statistics }: Services): BsonDocument {
  const total = (...names: readonly string[]): bigint =>
    BigInt(names.reduce((sum, name) => sum + (statistics.commands.get(name)?.total ?? 0), 0));
  const all = [...statistics.commands.values()].reduce((sum, counts) => sum + counts.total, 0);
  const counted = total('insert', 'find', 'update', 'delete', 'getMore');
  return document({
    insert: total('insert'),
    query: total('find'),
    update: total('update'),
    delete: total('delete'),
    getmore: total('getMore'),
    command: BigInt(all) - counted,
  });
}

function metrics(services: Services): BsonDocument {
  const cursor = services.cursors.counts();
  const commands: { [name: string]: BsonDocument } = {};
  for (const [name, { total, failed }] of services.statistics.commands) {
    commands[name] = document({ failed: BigInt(failed), total: BigInt(total) });
  }
  return document({
    commands,
    cursor: {
      timedOut: BigInt(cursor.timedOut),
      totalOpened: BigInt(cursor.opened),
      open: { noTimeout: BigInt(cursor.immortal), pinned: BigInt(cursor.pinned), total: BigInt(cursor.open) },
    },
  });
}

function storageEngine({ engine }: Services): BsonDocument {
  const { openTransactions, pinnedSnapshots, commits, conflicts } = engine.statistics();
  return document({
    name: engine.capabilities.name,
    supportsCommittedReads: true,
    supportsSnapshotReadConcern: true,
    persistent: engine.capabilities.durable,
    openTransactions,
    pinnedSnapshots,
    commits: BigInt(commits),
    writeConflicts: BigInt(conflicts),
  });
}

function processUsage(): BsonDocument {
  const usage = process.resourceUsage();
  return document({
    note: 'fields vary by platform',
    user_time_us: BigInt(usage.userCPUTime),
    system_time_us: BigInt(usage.systemCPUTime),
    page_faults: BigInt(usage.majorPageFault),
    page_reclaims: BigInt(usage.minorPageFault),
    voluntary_context_switches: BigInt(usage.voluntaryContextSwitches),
    involuntary_context_switches: BigInt(usage.involuntaryContextSwitches),
  });
}

function memory(): BsonDocument {
  const mebibyte = 1024 * 1024;
  const { rss, heapTotal } = process.memoryUsage();
  return document({
    bits: 64,
    resident: Math.round(rss / mebibyte),
    virtual: Math.round((rss + heapTotal) / mebibyte),
    supported: true,
  });
}

function replication({ identity, time }: Services, client: ClientConnection, setName: string): BsonDocument {
  const host = shownHost(identity, client);
  return document({
    topologyVersion: undefined,
    hosts: [host],
    setName,
    setVersion: 1,
    isWritablePrimary: true,
    secondary: false,
    primary: host,
    me: host,
    electionId: identity.electionId,
    lastWrite: { opTime: { ts: time.applied, t: 1n } },
  });
}
