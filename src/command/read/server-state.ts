/** The server's own state as rows, for the stages that show it ($currentOp, $collStats, $indexStats, …). */
import type { Namespace } from '../../aggregation/collection.ts';
import type {
  CollStatsOptions,
  CurrentOpOptions,
  ListSessionsOptions,
  ServerState,
} from '../../aggregation/server-state.ts';
import { document } from '../../bson/literal.ts';
import { Binary } from '../../bson/scalar.ts';
import { BsonDocument } from '../../bson/value.ts';
import { findCollection } from '../../catalog/access.ts';
import { ownIndexes } from '../../catalog/collection.ts';
import { namespace } from '../../catalog/namespace.ts';
import { CollectionWalk } from '../../catalog/record-scan.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { StorageTransaction } from '../../storage/engine.ts';
import type { Services } from '../services.ts';
import { collectionStatistics } from './collection-statistics.ts';
import { describeCursor } from './current-operation.ts';
import { shownOperations } from './shown-operations.ts';

export class OperationServerState implements ServerState {
  readonly #services: Services;
  readonly #operation: Operation;
  readonly #transaction: StorageTransaction;

  constructor(services: Services, operation: Operation, transaction: StorageTransaction) {
    this.#services = services;
    this.#operation = operation;
    this.#transaction = transaction;
  }

  currentOperations(options: CurrentOpOptions): BsonDocument[] {
    return shownOperations(this.#services, this.#operation, { ...options, isOwnOnly: !options.allUsers });
  }

  localSessions(options: ListSessionsOptions): BsonDocument[] {
    return [...this.#services.sessions.listLocalSessions(this.#owners(options), options.details)];
  }

  /** What a refresh has written to config.system.sessions, of the owners that are asked for. */
  async sessions(options: ListSessionsOptions): Promise<BsonDocument[]> {
    const owners = this.#owners(options)?.map((uid) => uid.toString('latin1'));
    const collection = findCollection(
      this.#services.catalog,
      this.#transaction,
      namespace('config', 'system.sessions'),
    );
    if (collection === undefined) return [];
    const shown: BsonDocument[] = [];
    const walk = new CollectionWalk(collection);
    for (let batch = await walk.next(this.#transaction, walkBatch); batch !== undefined; ) {
      this.#operation.checkInterrupt();
      for (const { bytes } of batch) {
        const row = BsonDocument.fromBytes(bytes);
        if (owners === undefined || owners.includes(ownerOf(row))) shown.push(row);
      }
      batch = await walk.next(this.#transaction, walkBatch);
    }
    return shown;
  }

  #owners({ allUsers, users }: ListSessionsOptions): readonly Buffer[] | undefined {
    return this.#services.sessions.listedOwners(this.#operation, { allUsers, users: users ?? [] });
  }

  localCursors(): BsonDocument[] {
    return [...this.#services.cursors.all()].map((cursor) => describeCursor(this.#services, cursor));
  }

  async collectionStatistics(name: Namespace, options: CollStatsOptions): Promise<BsonDocument[]> {
    const full = namespace(name.database, name.collection);
    const collection = findCollection(this.#services.catalog, this.#transaction, full);
    if (collection === undefined) {
      throw new MongoError(
        'NamespaceNotFound',
        `Unable to retrieve storageStats in $collStats stage :: caused by :: Collection [${full.full}] not found.`,
      );
    }
    const { storageStats, count } = options;
    const statistics = await collectionStatistics(this.#services, collection, storageStats?.scale ?? 1);
    return [
      document({
        ns: full.full,
        host: this.#services.identity.host,
        localTime: new Date(this.#operation.startMs),
        latencyStats: options.latencyStats === undefined ? undefined : emptyLatencies,
        storageStats: storageStats === undefined ? undefined : statistics,
        count: count ? statistics.get('count') : undefined,
      }),
    ];
  }

  indexStatistics(name: Namespace): BsonDocument[] {
    const collection = findCollection(
      this.#services.catalog,
      this.#transaction,
      namespace(name.database, name.collection),
    );
    if (collection === undefined) return [];
    return ownIndexes(collection).map(({ descriptor, specification }) =>
      document({
        name: descriptor.name,
        key: descriptor.keyPattern,
        host: this.#services.identity.host,
        accesses: {
          ops: BigInt(collection.state.indexUses.get(descriptor.name) ?? 0),
          since: new Date(this.#services.identity.startMs),
        },
        spec: specification,
      }),
    );
  }

  planCacheEntries(): BsonDocument[] {
    return [];
  }

  catalogRecords(name: Namespace | undefined): BsonDocument[] {
    const { catalog } = this.#services;
    const databases = name === undefined ? catalog.databases() : [name.database];
    return databases
      .flatMap((database) => catalog.list(this.#transaction, database))
      .filter((entry) => name === undefined || entry.namespace.collection === name.collection)
      .map((entry) =>
        document({
          db: entry.namespace.database,
          name: entry.namespace.collection,
          type: entry.kind === 'view' ? 'view' : entry.isTimeseries ? 'timeseries' : 'collection',
          ns: entry.namespace.full,
          md:
            entry.kind === 'view'
              ? undefined
              : {
                  ns: entry.namespace.full,
                  options: entry.options,
                  indexes: ownIndexes(entry).map(({ specification, descriptor }) => ({
                    spec: specification,
                    ready: true,
                    multikey: descriptor.isMultikey,
                  })),
                },
          viewOn: entry.kind === 'view' ? entry.viewOn : undefined,
          pipeline: entry.kind === 'view' ? entry.pipeline : undefined,
        }),
      );
  }

  catalogEntries(database: string | undefined): BsonDocument[] {
    const { catalog } = this.#services;
    const databases = database === undefined ? catalog.databases() : [database];
    return databases.flatMap((name) =>
      catalog.list(this.#transaction, name).map((entry) =>
        document({
          db: name,
          ns: entry.namespace.full,
          type: entry.kind === 'view' ? 'view' : entry.isTimeseries ? 'timeseries' : 'collection',
          options: entry.options,
          info: { readOnly: entry.kind === 'view' },
        }),
      ),
    );
  }
}

const walkBatch = 1000;

/** The digest in a session's `_id`, as a map key. */
function ownerOf(row: BsonDocument): string {
  const id = row.get('_id');
  const uid = id instanceof BsonDocument ? id.get('uid') : undefined;
  return uid instanceof Binary ? Buffer.from(uid.value()).toString('latin1') : '';
}

const noLatency = { latency: 0n, ops: 0n, queryableEncryptionLatencyMicros: 0n };
const emptyLatencies = { reads: noLatency, writes: noLatency, commands: noLatency, transactions: noLatency };
