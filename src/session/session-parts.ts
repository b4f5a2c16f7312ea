/** The parts of this folder, put together once per server. What is above is connected later: `connect`. */
import type { Timestamp } from '../bson/scalar.ts';
import type { Clock } from '../clock/clock.ts';
import type { Randomness } from '../clock/randomness.ts';
import { type Log, silentLog } from '../log.ts';
import type { ParameterStore } from '../parameter/parameter.ts';
import type { StorageEngine } from '../storage/engine.ts';
import type { Authority } from './authority.ts';
import { CausalTime } from './causal-time.ts';
import { type ChangeKeeper, noChangeKeeper } from './change-keeper.ts';
import { ClusterTimeLease } from './cluster-time-lease.ts';
import { CommitPoint } from './commit-point.ts';
import { CommitWatch } from './commit-watch.ts';
import { ConcernDefaults } from './concern-defaults.ts';
import { ConflictQueue } from './conflict-queue.ts';
import { type CursorKeeper, noCursors } from './cursor-keeper.ts';
import { FailPoints } from './fail-points.ts';
import { HistoryProjection } from './history-projection.ts';
import { HistoryStore } from './history-store.ts';
import type { Face } from './ladder.ts';
import { OperationRegistry } from './operation-registry.ts';
import { PlainAccess } from './plain-access.ts';
import { SessionCache } from './session-cache.ts';
import { SessionCatalog } from './session-catalog.ts';
import { SessionMap } from './session-map.ts';
import { SessionReap } from './session-reap.ts';
import { noRecords, type SessionRecords } from './session-records.ts';
import { SessionRefresh } from './session-refresh.ts';
import { SignedTime, type TimeKeeper } from './signed-time.ts';
import { SnapshotHistory } from './snapshot-history.ts';
import { StatementEntry } from './statement-entry.ts';
import { TransactionStatistics } from './transaction-statistics.ts';

export interface SessionOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly parameters: ParameterStore;
  readonly engine: StorageEngine;
  readonly face: Face;
  readonly authority: Authority;
  /** Default: nowhere. */
  readonly log?: Log;
  /** Number of the newest committed change of what collections and indexes there are. Default: none ever. */
  readonly shapeVersion?: () => number;
}

/** What sessions need of the floors above. */
export interface SessionConnections {
  readonly records?: SessionRecords;
  readonly cursors?: CursorKeeper;
  readonly timeKeeper?: TimeKeeper | undefined;
  readonly changes?: ChangeKeeper;
}

export class SessionParts {
  readonly options: SessionOptions;
  readonly log: Log;
  readonly time: CausalTime;
  readonly signedTime: SignedTime;
  readonly lease: ClusterTimeLease;
  readonly commits: CommitWatch;
  readonly commitPoint: CommitPoint;
  readonly operations = new OperationRegistry();
  readonly defaults = new ConcernDefaults();
  readonly statistics = new TransactionStatistics();
  readonly failPoints: FailPoints;
  readonly cache: SessionCache;
  readonly catalog: SessionCatalog;
  readonly histories: HistoryStore;
  readonly projection: HistoryProjection;
  readonly snapshots: SnapshotHistory;
  readonly plain: PlainAccess;
  readonly entry: StatementEntry;
  readonly refresh: SessionRefresh;
  readonly reap: SessionReap;
  #records: SessionRecords = noRecords;
  #cursors: CursorKeeper = noCursors;
  #changes: ChangeKeeper = noChangeKeeper;

  constructor(options: SessionOptions) {
    const { clock, randomness, parameters, engine, authority, log = silentLog, shapeVersion = () => 0 } = options;
    this.options = options;
    this.log = log;
    const conflicts = new ConflictQueue(clock);
    const seed = randomness.bytes(4).readInt32LE(0);
    const records = (): SessionRecords => this.#records;
    const cursors = (): CursorKeeper => this.#cursors;
    this.time = new CausalTime(clock, parameters.get('maxAcceptableLogicalClockDriftSecs'));
    this.time.tick();
    this.signedTime = new SignedTime(this.time, authority);
    this.lease = new ClusterTimeLease(engine, this.time);
    this.commits = new CommitWatch(engine);
    this.commitPoint = new CommitPoint({ time: this.time, commits: this.commits, changes: () => this.#changes });
    this.failPoints = new FailPoints(randomness);
    this.cache = new SessionCache(clock, seed, authority, parameters.get('maxSessions'), () =>
      parameters.get('maxSessionsPerUser'),
    );
    this.catalog = new SessionCatalog(seed);
    this.histories = new HistoryStore(engine);
    this.snapshots = new SnapshotHistory({ engine, clock, time: this.time, parameters, shapeVersion });
    this.plain = new PlainAccess({ engine, commitPoint: this.commitPoint, conflicts, time: this.time, randomness });
    const { time, commits, commitPoint, plain, statistics, catalog, histories, cache, operations, failPoints } = this;
    const newMap = (): SessionMap<Timestamp> => new SessionMap(seed);
    this.projection = new HistoryProjection({ catalog, histories, records, statistics, newMap });
    this.entry = new StatementEntry({
      clock,
      parameters,
      engine,
      catalog,
      cursors,
      commits,
      commitPoint,
      plain,
      time,
      histories,
      statistics,
      failPoints,
      conflicts,
      shapeVersion,
    });
    this.refresh = new SessionRefresh({ clock, parameters, engine, cache, operations, records, cursors, log });
    this.reap = new SessionReap({ clock, parameters, catalog, histories, records });
  }

  /** Gives sessions what only exists after them. */
  connect({ records, cursors, changes, timeKeeper }: SessionConnections): void {
    if (records !== undefined) this.#records = records;
    if (cursors !== undefined) this.#cursors = cursors;
    if (timeKeeper !== undefined) this.signedTime.connect(timeKeeper);
    if (changes !== undefined) this.#changes = changes;
  }

  get records(): SessionRecords {
    return this.#records;
  }

  get cursors(): CursorKeeper {
    return this.#cursors;
  }
}
