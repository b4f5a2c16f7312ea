/**
 * The profiler (manual, "Database Profiler"): per database a level, and documents about operations in `system.profile`, a
 * capped collection. Written before the operation is answered, so that whoever was answered finds it there; what cannot be
 * written is told to the log. While the server is locked against writes nothing is recorded.
 */
import { document } from '../../bson/literal.ts';
import type { BsonDocument } from '../../bson/value.ts';
import { encodeDocument } from '../../bson/write.ts';
import { findCollection } from '../../catalog/access.ts';
import { createCollection } from '../../catalog/define.ts';
import { insertRecord } from '../../catalog/document-write.ts';
import { type Namespace, namespace } from '../../catalog/namespace.ts';
import { inOwnTransaction } from '../../catalog/own-transaction.ts';
import type { MongoError } from '../../error/mongo-error.ts';
import { parseFilter } from '../../query/filter.ts';
import type { Operation } from '../../session/operation.ts';
import { redactedBody } from '../../session/redacted-body.ts';
import type { Command, CommandRequest } from '../command.ts';
import { operationKind } from '../read/current-operation.ts';
import { commandCollection } from '../read/namespace-usage.ts';
import type { Services } from '../services.ts';
import { abridgedCommand } from './abridged-command.ts';

/** A command that has ended. */
export interface EndedRun {
  readonly operation: Operation;
  readonly request: CommandRequest;
  /** By the monotonic clock. */
  readonly startedMs: number;
  readonly error: MongoError | undefined;
}

interface ProfiledRun extends EndedRun {
  readonly command: Command;
  readonly durationMs: number;
}

/** Counts a command for `top`, and profiles it where that is asked for. Never fails. */
export function recordRun(services: Services, command: Command, ended: EndedRun): Promise<void> | undefined {
  const durationMs = services.clock.monotonicMs() - ended.startedMs;
  services.usage.record(ended.request, command.allowsWriteConcern, durationMs);
  return services.profiling.isOff ? undefined : profile(services, { ...ended, command, durationMs });
}

const profileCollection = 'system.profile';
const profileBytes = 1024 * 1024;

/** Records an operation where its database's level asks for it. */
function profile(services: Services, ended: ProfiledRun): Promise<void> | undefined {
  const { database, name } = ended.request;
  const { level, filter } = services.profiling.of(database);
  if (level === 0 || services.writeLock.isLocked || name === 'profile') return undefined;
  // Who changes the profile itself holds what a record of it would wait for.
  const changes = ended.command.allowsWriteConcern && name !== 'aggregate';
  if (changes && commandCollection(name, ended.request.body) === profileCollection) return undefined;
  const entry = describe(services, ended);
  if (level === 1 && !isRecorded(services, ended.durationMs, filter, entry)) return undefined;
  return writeEntry(services, namespace(database, profileCollection), entry).catch((error: unknown) =>
    services.log.warn({ error, database }, 'an operation could not be profiled'),
  );
}

function isRecorded(
  { profiling, randomness }: Services,
  durationMs: number,
  filter: BsonDocument | undefined,
  entry: BsonDocument,
): boolean {
  if (filter !== undefined) return parseFilter(filter).matchesDocument(entry);
  return durationMs > profiling.slowMs && (profiling.sampleRate === 1 || randomness.fraction() < profiling.sampleRate);
}

function describe(services: Services, { operation, request, command, durationMs, error }: ProfiledRun): BsonDocument {
  const { client } = operation;
  const collection = commandCollection(request.name, request.body);
  return document({
    op: operationKind(request.name),
    ns: `${request.database}.${collection ?? '$cmd'}`,
    command: abridgedCommand(redactedBody(request.body, command)),
    ok: error === undefined ? 1 : 0,
    errMsg: error?.message,
    errName: error?.codeName,
    errCode: error?.code,
    millis: Math.round(durationMs),
    ts: new Date(services.clock.nowMs()),
    client: client.remoteAddress.replace(/:\d+$/, ''),
    appName: client.appName,
    allUsers: client.user === undefined ? [] : [{ user: client.user.name, db: client.user.database }],
    user: client.user === undefined ? '' : `${client.user.name}@${client.user.database}`,
  });
}

async function writeEntry(services: Services, name: Namespace, entry: BsonDocument): Promise<void> {
  const { catalog, randomness, writing, engine } = services;
  const lock = catalog.locks.of(name.full);
  await lock.join('shared').granted;
  try {
    await inOwnTransaction(engine, 'visible', async (transaction, hooks) => {
      const collection =
        findCollection(catalog, transaction, name) ??
        (await createCollection(catalog, randomness, hooks, transaction, {
          name,
          options: document({ capped: true, size: profileBytes }),
          indexes: [],
        }));
      await insertRecord(writing, transaction, collection, encodeDocument(entry));
    });
  } finally {
    lock.release('shared');
  }
}
