import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, Effort, Figure } from '../benchmark.ts';
import { LoadGenerator, measureInTurns, printSide, rateOf, ratioOf, type Turn } from '../load/measure.ts';
import { createFolder, removeFolder, startServerProcess } from '../server.ts';
import { insertOne, reserveIds } from '../workload/point.ts';

const connections = 64;
const pageBytes = 4096;
const filePages = 256;

/** How often the disk takes a page and says that it is safe, one after the other. */
function flushOften(folder: string, durationMs: number): Turn {
  const file = openSync(join(folder, 'flush'), 'w');
  const page = Buffer.alloc(pageBytes, 1);
  for (let index = 0; index < filePages; index++) writeSync(file, page, 0, pageBytes, index * pageBytes);
  fdatasyncSync(file);
  let flushes = 0;
  const startedMs = performance.now();
  while (performance.now() - startedMs < durationMs) {
    writeSync(file, page, 0, pageBytes, (flushes++ % filePages) * pageBytes);
    fdatasyncSync(file);
  }
  const perSecond = (flushes / (performance.now() - startedMs)) * 1000;
  closeSync(file);
  return { operations: flushes * connections, perSecond: perSecond * connections };
}

async function run(effort: Effort): Promise<readonly Figure[]> {
  await using server = await startServerProcess('lmdb');
  await using load = new LoadGenerator();
  const folder = createFolder();
  effort.progress(`${connections} inserts at once on LMDB, and the disk alone`);
  const rounds = await measureInTurns(effort, [
    { name: 'disk', run: async (durationMs) => flushOften(folder, durationMs) },
    {
      name: 'ours',
      pid: server.pid,
      async run(durationMs) {
        const scope = { collection: 'flushed', documents: 1, firstId: reserveIds(), connections };
        const messages = Array.from({ length: connections }, (_, index) => [insertOne.message(index, scope)]);
        return await load.run({ port: server.port, durationMs, connections: messages });
      },
    },
  ]);
  removeFolder(folder);
  const flushes = rateOf(rounds, 'disk') / connections;
  return [
    {
      name: 'durable inserts',
      value: ratioOf(rounds, 'ours', 'disk'),
      unit: 'x',
      target: { atLeast: 0.5 },
      note: `${printSide(rounds, 'ours')}, the disk flushes ${Math.round(flushes)} times a second`,
    },
  ];
}

export const flush: Benchmark = {
  name: 'flush',
  what: `${connections} concurrent inserts on LMDB, default write concern, against the disk's flush rate x ${connections}`,
  run,
};
