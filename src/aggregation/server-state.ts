import type { BsonDocument } from '../bson/value.ts';
import type { MaybePromise } from '../storage/engine.ts';
import type { Namespace } from './collection.ts';

/** The parsed argument of $currentOp; each field has its default when the stage did not name it. */
export interface CurrentOpOptions {
  readonly allUsers: boolean;
  readonly idleConnections: boolean;
  readonly idleCursors: boolean;
  readonly idleSessions: boolean;
  readonly localOps: boolean;
  readonly truncateOps: boolean;
}

/** The parsed argument of $listSessions and $listLocalSessions. Neither field: the sessions of whoever asks. */
export interface ListSessionsOptions {
  readonly allUsers: boolean;
  readonly users: readonly { readonly user: string; readonly db: string }[] | undefined;
  /** $listLocalSessions alone: who opened the session, and its first and last command. */
  readonly details: boolean;
}

/** The parsed argument of $collStats. A part that is undefined was not asked for. */
export interface CollStatsOptions {
  readonly latencyStats: { readonly histograms: boolean } | undefined;
  readonly storageStats: { readonly scale: number } | undefined;
  readonly count: boolean;
  readonly queryExecStats: boolean;
}

/** Where stages that show the server's own state get their rows. Each method answers the rows as MongoDB shows them. */
export interface ServerState {
  currentOperations(options: CurrentOpOptions): MaybePromise<readonly BsonDocument[]>;
  localSessions(options: ListSessionsOptions): MaybePromise<readonly BsonDocument[]>;
  /** Rows of config.system.sessions. */
  sessions(options: ListSessionsOptions): MaybePromise<readonly BsonDocument[]>;
  localCursors(): MaybePromise<readonly BsonDocument[]>;
  collectionStatistics(namespace: Namespace, options: CollStatsOptions): MaybePromise<readonly BsonDocument[]>;
  indexStatistics(namespace: Namespace): MaybePromise<readonly BsonDocument[]>;
  planCacheEntries(namespace: Namespace): MaybePromise<readonly BsonDocument[]>;
  /** Records as $listCatalog shows them; of one collection, or of all where it is undefined. */
  catalogRecords(namespace: Namespace | undefined): MaybePromise<readonly BsonDocument[]>;
  /** Collections as $listClusterCatalog shows them; of one database, or of all where it is undefined. */
  catalogEntries(
    database: string | undefined,
    options: { readonly shards: boolean; readonly balancingConfiguration: boolean; readonly tracked: boolean },
  ): MaybePromise<readonly BsonDocument[]>;
}
