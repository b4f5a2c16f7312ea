import { type Benchmark, type Effort, type Figure, median } from '../benchmark.ts';
import { Worker } from '../child.ts';
import { LoadGenerator, measureInTurns, printSide, ratioOf, type Side } from '../load/measure.ts';
import { encodeMessage, Place } from '../load/message.ts';
import { type Engine, type ServerProcess, startServerProcess } from '../server.ts';
import { findById, reserveIds, sessionOf } from '../workload/point.ts';
import { seed } from '../workload/seed.ts';
import type { SessionAnswer, SessionRequest } from './sessions-process.ts';

const sessions = 1_000_000;
const connections = 16;
const documents = 1000;
const collection = 'points';
const openingMs = 2000;
const sessionMarker = 0x7a7a7a02;

async function measureInProcess({ rounds }: Effort): Promise<readonly Figure[]> {
  const answers: SessionAnswer[] = [];
  for (let round = 0; round < rounds; round++) {
    await using worker = new Worker<SessionRequest, SessionAnswer>('benchmark/sessions-process.ts', ['--expose-gc']);
    answers.push(await worker.ask({ sessions }));
  }
  const medianOf = (pick: (answer: SessionAnswer) => number): number => median(answers.map(pick));
  return [
    {
      name: 'memory of a live session',
      value: medianOf((answer) => answer.bytesEach),
      unit: 'bytes',
      target: { atMost: 300 },
    },
    {
      name: 'sessions made',
      value: medianOf((answer) => answer.vivifiedPerSecond),
      unit: '/s',
      target: { atLeast: 1_000_000 },
    },
    { name: 'sessions used again', value: medianOf((answer) => answer.usedPerSecond), unit: '/s' },
  ];
}

/** Pings, each in a session of its own, until there are a million. */
async function openSessions(port: number, load: LoadGenerator): Promise<void> {
  for (let opened = 0; opened < sessions; ) {
    const messages = Array.from({ length: connections }, (_, index) => {
      const place = new Place(sessionMarker, { start: opened + index, step: connections });
      return [encodeMessage({ ping: 1, lsid: sessionOf(0, sessionMarker), $db: 'admin' }, [place])];
    });
    opened += (await load.run({ port, durationMs: openingMs, connections: messages })).operations;
  }
}

/** Finds by `_id` in two servers: one knows a session per connection, the other a million more. */
async function measureOperations(engine: Engine, effort: Effort): Promise<Figure> {
  await using few = await startServerProcess(engine);
  await using many = await startServerProcess(engine, ['--setParameter', `maxSessions=${2 * sessions}`]);
  await using load = new LoadGenerator();
  for (const server of [few, many]) await seed(server.port, collection, documents);
  effort.progress(`${engine}: opening ${sessions} sessions over the wire`);
  await openSessions(many.port, load);
  const side = (name: string, { port, pid }: ServerProcess): Side => ({
    name,
    pid,
    async run(durationMs) {
      const scope = { collection, documents, firstId: reserveIds(), connections };
      const messages = Array.from({ length: connections }, (_, index) => [findById.message(index, scope)]);
      return await load.run({ port, durationMs, connections: messages });
    },
  });
  const rounds = await measureInTurns(effort, [side('few', few), side('many', many)]);
  return {
    name: `${engine}: cost of a find by _id beside ${sessions} sessions, by that alone`,
    value: ratioOf(rounds, 'few', 'many'),
    unit: 'x',
    target: { atMost: 1.1 },
    note: `${printSide(rounds, 'many')} and ${printSide(rounds, 'few')}`,
  };
}

export const manySessions: Benchmark = {
  name: 'sessions',
  what: `${sessions} live sessions`,
  async run(effort) {
    effort.progress('in process');
    const figures = [...(await measureInProcess(effort))];
    for (const engine of ['memory', 'lmdb'] as const) figures.push(await measureOperations(engine, effort));
    return figures;
  },
};
