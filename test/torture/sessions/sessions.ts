/**
 * Sessions by the hundred thousand, started, used, refreshed, ended, killed and expired against a small model (`model.ts`).
 * Server and clock live in this process: time moves only between two steps, so that the model knows the moment of
 * everything, and a seed replays a run step by step.
 */
import { inspect } from 'node:util';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { seededRandomness } from '../../../src/clock/randomness.ts';
import { startServer } from '../../../src/index.ts';
import { Connection } from '../connection.ts';
import { Random } from '../random.ts';
import type { Counts, Effort, Torture } from '../torture.ts';
import { maxSessions, SessionRun, tickMs } from './run.ts';

export const sessions: Torture = {
  name: 'sessions',
  what: 'hundreds of thousands of sessions started, used, refreshed, ended, killed and expired against a model',
  defaultSeconds: 120,
  run: (effort) => runSessions(effort),
};

async function runSessions(effort: Effort): Promise<Counts> {
  const { seed, findings, progress } = effort;
  const clock = new ManualClock();
  await using server = await startServer({
    clock,
    randomness: seededRandomness(seed),
    storageEngine: 'memory',
    parameters: {
      enableTestCommands: true,
      disableLogicalSessionCacheRefresh: true,
      maxSessions,
      ttlMonitorSleepSecs: tickMs / 1000,
    },
    log: {
      ...silent,
      warn: (fields, message) => findings.add(`the server warned: ${message} ${inspect(fields)}`),
      error: (fields, message) => findings.add(`the server logged: ${message} ${inspect(fields)}`),
    },
  });
  const [first, second] = [await Connection.open(server.port), await Connection.open(server.port)];
  if (first === undefined || second === undefined) throw new TypeError('the server does not listen');
  // A connection that says nothing is ended when its clock has moved on.
  for (const connection of [first, second]) await connection.command({ ping: 1 });
  const run = new SessionRun({ clock, random: new Random(seed), findings, first, second });
  await run.prepare();
  const endMs = Date.now() + effort.seconds * 1000;
  while (Date.now() < endMs && !findings.isFull) {
    await run.step();
    if (run.counts.steps % 2000 === 0) progress(`${run.counts.steps} steps, ${run.counts.sessions} sessions`);
  }
  await run.compareEverything();
  first.close();
  second.close();
  return run.counts;
}

const nothing = (): void => undefined;
const silent = { debug: nothing, info: nothing };
