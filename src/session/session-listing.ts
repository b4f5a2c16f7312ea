/** What sessions and transactions look like to those who list them: $listLocalSessions, $currentOp, serverStatus. */
import { document } from '../bson/literal.ts';
import { integer } from '../bson/scalar.ts';
import type { BsonDocument } from '../bson/value.ts';
import type { SessionId } from './logical-session-id.ts';
import type { Session } from './session.ts';
import type { SessionParts } from './session-parts.ts';
import type { SessionRecord } from './session-table.ts';
import type { Transaction } from './transaction.ts';

/** A session of the cache (reference 3.4); `hasDetails` adds who opened it and what it was used for. */
export function localSession(id: SessionId, record: SessionRecord, hasDetails: boolean): BsonDocument {
  return document({
    _id: id.toDocument(),
    lastUse: new Date(record.lastUseMs),
    user: record.origin?.user,
    details: hasDetails
      ? {
          opened: new Date(record.openedMs),
          appName: record.origin?.appName,
          driver: record.origin?.driver,
          address: record.origin?.address,
          firstCommand: record.firstCommand,
          lastCommand: record.lastCommand,
          commands: integer(record.commands),
        }
      : undefined,
  });
}

/** serverStatus.logicalSessionRecordCache (reference 4.7). */
export function cacheStatistics({ cache, catalog, refresh, reap }: SessionParts): BsonDocument {
  const refreshed = refresh.statistics;
  const reaped = reap.statistics;
  return document({
    activeSessionsCount: cache.size,
    sessionsCollectionJobCount: refreshed.jobCount,
    lastSessionsCollectionJobDurationMillis: refreshed.lastDurationMs,
    lastSessionsCollectionJobTimestamp: new Date(refreshed.lastStartMs),
    lastSessionsCollectionJobEntriesRefreshed: refreshed.last.entriesRefreshed,
    lastSessionsCollectionJobEntriesEnded: refreshed.last.entriesEnded,
    lastSessionsCollectionJobCursorsClosed: refreshed.last.cursorsClosed,
    transactionReaperJobCount: reaped.jobCount,
    lastTransactionReaperJobDurationMillis: reaped.lastDurationMs,
    lastTransactionReaperJobTimestamp: new Date(reaped.lastStartMs),
    lastTransactionReaperJobEntriesCleanedUp: reaped.last.entriesCleanedUp,
    sessionCatalogSize: catalog.size,
  });
}

/** serverStatus.transactions (reference 4.7, 6.3). Nothing is ever prepared on one node. */
export function transactionStatistics({ catalog, statistics }: SessionParts): BsonDocument {
  let active = 0;
  for (const session of catalog.open) if (session.holder !== undefined) active++;
  const open = catalog.open.size;
  return document({
    retriedCommandsCount: BigInt(statistics.retriedCommands),
    retriedStatementsCount: BigInt(statistics.retriedStatements),
    transactionsCollectionWriteCount: BigInt(statistics.recordWrites),
    currentActive: BigInt(active),
    currentInactive: BigInt(open - active),
    currentOpen: BigInt(open),
    totalAborted: BigInt(statistics.aborted),
    totalCommitted: BigInt(statistics.committed),
    totalStarted: BigInt(statistics.started),
    totalPrepared: 0n,
    totalPreparedThenCommitted: 0n,
    totalPreparedThenAborted: 0n,
    currentPrepared: 0n,
  });
}

/** An open transaction that no statement runs in, as an operation of $currentOp with idleSessions (reference 7.11). */
export function idleTransaction(session: Session, transaction: Transaction): BsonDocument {
  const client = transaction.lastClient;
  return document({
    type: 'idleSession',
    desc: 'inactive transaction',
    client: client?.remoteAddress,
    connectionId: client?.id,
    appName: client?.appName,
    clientMetadata: client?.metadata,
    lsid: session.id.toDocument(),
    transaction: transactionDocument(transaction),
    waitingForLock: false,
    active: false,
  });
}

/** The `transaction` field of operations in $currentOp. */
export function transactionDocument(transaction: Transaction): BsonDocument {
  const { openMicros, activeMicros } = transaction.times;
  return document({
    parameters: {
      txnNumber: transaction.txnNumber,
      autocommit: false,
      readConcern: { level: transaction.readConcern.level },
    },
    startWallClockTime: new Date(transaction.startMs).toISOString(),
    timeOpenMicros: BigInt(openMicros),
    timeActiveMicros: BigInt(activeMicros),
    timeInactiveMicros: BigInt(openMicros - activeMicros),
    expiryTime: new Date(transaction.expiryMs).toISOString(),
  });
}
