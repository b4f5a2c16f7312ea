/**
 * Who may write now: everybody, or nobody while the server is locked for a backup (fsync with lock: writers wait), or only
 * the server itself (setUserWriteBlockMode: users are refused). Asked once per command, before it begins.
 */
import { clusterResource } from '../../auth/resource.ts';
import { BsonDocument } from '../../bson/value.ts';
import { MongoError } from '../../error/mongo-error.ts';
import type { Operation } from '../../session/operation.ts';
import type { MaybePromise } from '../../storage/engine.ts';
import type { Command, CommandRequest } from '../command.ts';
import type { Services } from '../services.ts';

/** Databases of the server's own, which users' writes are not blocked in. */
const ownDatabases: ReadonlySet<string> = new Set(['admin', 'config', 'local']);

/** Waits, or throws UserWritesBlocked, where the command would write and must not. */
export function admitWrite(
  services: Services,
  operation: Operation,
  command: Command,
  request: CommandRequest,
): MaybePromise<void> {
  const { writeLock, userWriteBlock } = services;
  if (!writeLock.isLocked && userWriteBlock.reason === undefined) return undefined;
  if (!command.allowsWriteConcern || command.name === 'abortTransaction' || !writes(command, request)) return undefined;
  const isBlocked = userWriteBlock.reason !== undefined && !ownDatabases.has(request.database);
  if (isBlocked && !mayBypass(services, operation)) {
    throw new MongoError('UserWritesBlocked', 'User writes blocked');
  }
  return writeLock.isLocked ? untilUnlocked(services, operation) : undefined;
}

/** With access control there are users who may write all the same. */
function mayBypass({ authority }: Services, { client }: Operation): boolean {
  return authority.isEnforced && authority.isAuthorized(client, 'bypassWriteBlockingMode', clusterResource);
}

async function untilUnlocked({ writeLock }: Services, operation: Operation): Promise<void> {
  while (writeLock.isLocked) {
    await Promise.race([writeLock.whenUnlocked(), operation.whenInterrupted()]);
    operation.checkInterrupt();
  }
}

function writes({ name }: Command, { body }: CommandRequest): boolean {
  if (name !== 'aggregate') return true;
  const pipeline = body.get('pipeline');
  const last = Array.isArray(pipeline) ? pipeline[pipeline.length - 1] : undefined;
  return last instanceof BsonDocument && (last.has('$out') || last.has('$merge'));
}
