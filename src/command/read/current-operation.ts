import { document } from '../../bson/literal.ts';
import { Binary } from '../../bson/scalar.ts';
import type { BsonDocument } from '../../bson/value.ts';
import type { Cursor } from '../../cursor/cursor.ts';
import type { LogicalSessionId, Operation } from '../../session/operation.ts';
import type { Services } from '../services.ts';

/** A session's name as documents show it. */
export function describeSession({ id, uid }: LogicalSessionId): BsonDocument {
  return document({ id: new Binary(id, Binary.SUBTYPE_UUID), uid: new Binary(uid, 0) });
}

/** A running operation as currentOp shows it. */
export function describeOperation(services: Services, operation: Operation): BsonDocument {
  const { client, lsid } = operation;
  const runningMicros = Math.max(0, Math.round((services.clock.nowMs() - operation.startMs) * 1000));
  return document({
    type: 'op',
    host: services.identity.host,
    desc: `conn${client.id}`,
    connectionId: client.id,
    client: client.remoteAddress,
    appName: client.appName,
    clientMetadata: client.metadata,
    active: true,
    currentOpTime: new Date(services.clock.nowMs()).toISOString(),
    effectiveUsers: client.user === undefined ? undefined : [{ user: client.user.name, db: client.user.database }],
    opid: operation.id,
    lsid: lsid === undefined ? undefined : describeSession(lsid),
    secs_running: BigInt(Math.floor(runningMicros / 1e6)),
    microsecs_running: BigInt(runningMicros),
    op: operationKind(operation.commandName),
    ns: `${operation.database}.$cmd`,
    redacted: false,
    command: document({ [operation.commandName]: 1, $db: operation.database }),
    numYields: 0,
    waitingForLock: false,
    transaction: services.sessions.transactionOf(operation),
  });
}

/** What currentOp and the profiler call the command. */
export function operationKind(commandName: string): string {
  switch (commandName) {
    case 'insert':
    case 'update':
      return commandName;
    case 'delete':
      return 'remove';
    case 'find':
      return 'query';
    case 'getMore':
      return 'getmore';
    default:
      return 'command';
  }
}

/** An idle cursor as currentOp with idleCursors and $listLocalCursors show it. */
export function describeCursor(services: Services, cursor: Cursor): BsonDocument {
  const { owner, tailable } = cursor;
  return document({
    type: 'idleCursor',
    host: services.identity.host,
    ns: cursor.namespace,
    lsid: owner.lsid === undefined ? undefined : describeSession(owner.lsid),
    cursor: {
      cursorId: cursor.id,
      createdDate: new Date(cursor.createdMs),
      lastAccessDate: new Date(cursor.lastAccessMs),
      nDocsReturned: BigInt(cursor.documentsReturned),
      nBatchesReturned: BigInt(cursor.batchesReturned),
      noCursorTimeout: cursor.isImmortal,
      tailable: tailable !== 'no',
      awaitData: tailable === 'awaitData',
      originatingCommand: cursor.command,
    },
  });
}
