/** A million sessions in one process, without sockets: what each takes and how fast they come. */
import { systemClock } from '../../src/clock/clock.ts';
import { openAuthority } from '../../src/session/authority.ts';
import { noOwner, SessionId } from '../../src/session/logical-session-id.ts';
import { SessionCache } from '../../src/session/session-cache.ts';
import { serveRequests } from '../child.ts';

export interface SessionRequest {
  readonly sessions: number;
}

export interface SessionAnswer {
  readonly bytesEach: number;
  readonly vivifiedPerSecond: number;
  readonly usedPerSecond: number;
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const idOf = (index: number): SessionId =>
  new SessionId(index, Math.imul(index, 0x9e3779b1), 0x40008000, ~index, noOwner);

function vivifyAll(cache: SessionCache, sessions: number): number {
  const startedMs = performance.now();
  for (let index = 0; index < sessions; index++) cache.vivify(idOf(index), undefined, 'find');
  return (sessions / (performance.now() - startedMs)) * 1000;
}

serveRequests(async ({ sessions }: SessionRequest): Promise<SessionAnswer> => {
  // Once for the compiler.
  vivifyAll(new SessionCache(systemClock, 1, openAuthority, sessions), sessions / 10);
  const cache = new SessionCache(systemClock, 1, openAuthority, sessions);
  const before = usedBytes();
  const vivifiedPerSecond = vivifyAll(cache, sessions);
  const bytesEach = (usedBytes() - before) / sessions;
  return { bytesEach, vivifiedPerSecond, usedPerSecond: vivifyAll(cache, sessions) };
});
