import { toDouble } from '../../src/bson/number.ts';
import { printDocument } from '../../src/bson/print.ts';
import { Binary } from '../../src/bson/scalar.ts';
import { BsonDocument, type Value } from '../../src/bson/value.ts';
import { isNumeric } from '../../src/bson/value-type.ts';
import type { Benchmark, Effort, Figure } from '../benchmark.ts';
import { processorMs } from '../child.ts';
import { encodeMessage, type Fields } from '../load/message.ts';
import { Pinger } from '../load/pinger.ts';
import { exchange } from '../load/raw-connection.ts';
import { type Engine, type ServerProcess, startServerProcess } from '../server.ts';

const sessions = 1_000_000;
/** As many as drivers send at a time. */
const idsPerCommand = 10_000;
const mostMs = 15_000;
const mostPingMs = 20;
const replyBodyAt = 21;
const pollMs = 100;

function sessionIds(first: number): Fields[] {
  return Array.from({ length: idsPerCommand }, (_, index) => {
    const id = Buffer.alloc(16);
    // Spread as random ones are.
    id.writeInt32LE(Math.imul(first + index, 0x9e3779b1) | 0, 0);
    id.writeInt32LE(first + index, 8);
    return { id: new Binary(id, Binary.SUBTYPE_UUID) };
  });
}

async function command(port: number, body: Fields): Promise<BsonDocument> {
  const [frame] = await exchange(port, [encodeMessage({ ...body, $db: body.$db ?? 'admin' }).bytes]);
  const reply = BsonDocument.fromBytes((frame as Buffer).subarray(replyBodyAt));
  if (numberAt(reply, 'ok') !== 1) throw new Error(`a command failed: ${printDocument(reply)}`);
  return reply;
}

function numberAt(reply: BsonDocument, ...path: readonly string[]): number {
  let value: Value | undefined = reply;
  for (const name of path) value = value instanceof BsonDocument ? value.get(name) : undefined;
  return isNumeric(value) ? toDouble(value) : Number.NaN;
}

/** Names a million sessions in a command that takes many. */
async function nameAll(port: number, name: 'refreshSessions' | 'endSessions'): Promise<void> {
  for (let first = 0; first < sessions; first += idsPerCommand) await command(port, { [name]: sessionIds(first) });
}

/** How long a piece of work takes, what it costs, and how pings fare beside it. */
async function measureWork(
  { port, pid }: ServerProcess,
  name: string,
  work: () => Promise<void>,
): Promise<readonly Figure[]> {
  const pinger = await Pinger.start(port);
  const [startedMs, startedProcessorMs] = [performance.now(), processorMs(pid)];
  await work();
  const elapsedMs = performance.now() - startedMs;
  const usedMs = processorMs(pid) - startedProcessorMs;
  const { pings, p50Ms, p99Ms, longestMs } = pinger.stop();
  return [
    {
      name,
      value: elapsedMs,
      unit: 'ms',
      target: { atMost: mostMs },
      note: `${Math.round(usedMs)} ms of processor time`,
    },
    {
      name: `${name}: 99 of 100 pings meanwhile`,
      value: p99Ms,
      unit: 'ms',
      target: { atMost: mostPingMs },
      note: `${pings} pings, half of them ${p50Ms.toFixed(1)} ms, the longest ${longestMs.toFixed(1)} ms`,
    },
  ];
}

async function requireCounted(port: number, counter: string): Promise<void> {
  const status = await command(port, { serverStatus: 1 });
  const counted = numberAt(status, 'logicalSessionRecordCache', counter);
  if (counted !== sessions) throw new Error(`${counter} is ${counted}`);
}

async function refresh(port: number): Promise<void> {
  await command(port, { refreshLogicalSessionCacheNow: 1 });
}

async function storedSessions(port: number): Promise<number> {
  return numberAt(await command(port, { collStats: 'system.sessions', $db: 'config' }), 'count');
}

/** Lets the documents of all sessions fall due and waits until the last is gone. */
async function expireAll(port: number): Promise<void> {
  await command(port, { setParameter: 1, ttlMonitorSleepSecs: 1 });
  const index = { name: 'lsidTTLIndex', expireAfterSeconds: 0 };
  await command(port, { collMod: 'system.sessions', index, $db: 'config' });
  while ((await storedSessions(port)) > 0) await new Promise((resolve) => setTimeout(resolve, pollMs));
}

async function measureEngine(engine: Engine, { progress }: Effort): Promise<Figure[]> {
  await using server = await startServerProcess(engine, [
    '--setParameter',
    `maxSessions=${2 * sessions}`,
    '--setParameter',
    'enableTestCommands=1',
    '--setParameter',
    'disableLogicalSessionCacheRefresh=1',
  ]);
  const { port } = server;
  const figures: Figure[] = [];
  const measure = async (name: string, work: () => Promise<void>): Promise<void> => {
    progress(`${engine}: ${name}`);
    figures.push(...(await measureWork(server, `${engine}: ${name}`, work)));
  };
  await nameAll(port, 'refreshSessions');
  await measure('first refresh', () => refresh(port));
  await requireCounted(port, 'lastSessionsCollectionJobEntriesRefreshed');
  await nameAll(port, 'refreshSessions');
  await measure('refresh of all again', () => refresh(port));
  await requireCounted(port, 'lastSessionsCollectionJobEntriesRefreshed');
  await nameAll(port, 'endSessions');
  await measure('removal of all as ended', () => refresh(port));
  await requireCounted(port, 'lastSessionsCollectionJobEntriesEnded');
  await nameAll(port, 'refreshSessions');
  await refresh(port);
  await measure('expiry of all', () => expireAll(port));
  return figures;
}

export const sessionJobs: Benchmark = {
  name: 'session-jobs',
  what: `refresh, end and expiry of ${sessions} sessions while others ping`,
  run: async (effort) => [...(await measureEngine('memory', effort)), ...(await measureEngine('lmdb', effort))],
};
