import type { Access } from '../access/open-access.ts';
import type { ObjectId } from '../bson/scalar.ts';
import type { BsonDocument } from '../bson/value.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { WriteContext } from '../catalog/document-write.ts';
import type { ChangeLog } from '../change/log.ts';
import type { Clock } from '../clock/clock.ts';
import type { Randomness } from '../clock/randomness.ts';
import type { CursorRegistry } from '../cursor/registry.ts';
import type { Scripting } from '../javascript/script-run.ts';
import type { Log } from '../log.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { CausalTime } from '../session/causal-time.ts';
import type { ConcernDefaults } from '../session/concern-defaults.ts';
import type { OperationRegistry } from '../session/operation-registry.ts';
import type { SessionService } from '../session/session-service.ts';
import type { StorageEngine } from '../storage/engine.ts';
import type { WriteLock } from '../storage/write-lock.ts';
import type { ServerSettings } from './write/server-settings.ts';

/** Where clients find the server: at its `host`, or each at the address that it came to, unless that is a gateway (`shownHost`). */
export type Reach =
  | { readonly kind: 'fixed' }
  | { readonly kind: 'allAddresses'; readonly gateways: ReadonlySet<string> };

/** What a server was started as. */
export interface ServerIdentity {
  /** `host:port` under which clients reach it: `me` and the only one of `hosts`. */
  readonly host: string;
  readonly reach: Reach;
  /** Name of the replica set of one; undefined on a standalone. */
  readonly replicaSet: string | undefined;
  /** Of this run of the server as primary. */
  readonly electionId: ObjectId;
  /** Wall clock at the start. */
  readonly startMs: number;
  /** The command line, for getCmdLineOpts: words, and options by the names of the configuration file. */
  readonly argv: readonly string[];
  readonly parsedOptions: BsonDocument;
}

/** What monitoring clients wait on (specification "Server Discovery And Monitoring", topologyVersion). */
export interface Topology {
  readonly processId: ObjectId;
  /** Grows with each change that hello would show. */
  readonly counter: bigint;
  /** Whether the server is on its way out and wants no new work. */
  readonly isShuttingDown: boolean;
  /** Resolves at the next change. */
  whenChanged(): Promise<void>;
}

/** Counts of the wire, for serverStatus. */
export interface ServerStatistics {
  /** Open connections, all connections ever, and those that a command is running on. */
  readonly connections: {
    readonly current: number;
    readonly totalCreated: number;
    readonly active: number;
    /** Turned away because there were too many. */
    readonly rejected: number;
    /** Most that may be open at a time. */
    readonly limit: number;
  };
  readonly network: { readonly bytesIn: number; readonly bytesOut: number; readonly requests: number };
  /** By command name: how often it was asked for, and how often it failed. */
  readonly commands: ReadonlyMap<string, { readonly total: number; readonly failed: number }>;
}

/** What a server with TLS shows of it. */
export interface TlsStatus {
  /** Subject of its certificate. */
  readonly subjectName: string;
  readonly hasCertificateAuthority: boolean;
  /** When its certificate does. */
  readonly expires: Date;
  /** Connections ever by what they were secured with, as `TLSv1.3`. */
  readonly connectionsByProtocol: ReadonlyMap<string, number>;
}

export interface TransportSecurity {
  /** Reads the certificates anew, for connections to come. Throws InvalidSSLConfiguration and keeps the old where one is wrong. */
  rotate(): Promise<void>;
  describe(): TlsStatus;
}

/** The newest log lines, for getLog. */
export interface RecentLog {
  /** Oldest first, at most 1024, each one JSON object. */
  readonly lines: readonly string[];
  readonly totalLines: number;
}

/** What listCommands tells of a command. */
export interface CommandDescription {
  readonly name: string;
  readonly help: string;
  readonly needsLogin: boolean;
  readonly isAdminOnly: boolean;
  readonly isTestOnly: boolean;
  readonly inStableApi: boolean;
}

/** The parts of a running server that commands use. Put together once, in main's engine room; grows as parts are built. */
export interface Services extends ServerSettings, Access {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  readonly recentLog: RecentLog;
  readonly parameters: ParameterStore;
  /** Whether functions of clients run here. */
  readonly scripting: Scripting;
  readonly engine: StorageEngine;
  /** Held while fsync has locked the server against writes. */
  readonly writeLock: WriteLock;
  readonly catalog: Catalog;
  /** The changes that streams are told of. */
  readonly changes: ChangeLog;
  readonly cursors: CursorRegistry;
  /** What keeps indexes true while documents are written. */
  readonly writing: WriteContext;
  /** ObjectIds for documents that come without an `_id`. */
  readonly newObjectId: () => ObjectId;
  /** What can be done with sessions, beside running in them. */
  readonly sessions: SessionService;
  /** Everything that runs, for currentOp and killOp. */
  readonly operations: OperationRegistry;
  /** The cluster's clock. */
  readonly time: CausalTime;
  /** Read and write concern of commands that name none. */
  readonly defaults: ConcernDefaults;
  readonly identity: ServerIdentity;
  readonly topology: Topology;
  readonly statistics: ServerStatistics;
  /** Undefined where the server does not speak TLS. */
  readonly transportSecurity: TransportSecurity | undefined;
  /** Every command of the server, for listCommands. */
  readonly commands: readonly CommandDescription[];
  /** Begins to stop the server, for the shutdown command; returns at once. */
  readonly shutdown: () => void;
}
