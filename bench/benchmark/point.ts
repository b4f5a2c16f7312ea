import type { Benchmark, Effort, Figure } from '../benchmark.ts';
import { recordReplies, startFloor } from '../floor/floor.ts';
import { LoadGenerator, measureInTurns, printSide, ratioOf, type Side } from '../load/measure.ts';
import { type Reached, startServerProcess } from '../server.ts';
import { type PointWorkload, pointWorkloads, reserveIds } from '../workload/point.ts';
import { seed } from '../workload/seed.ts';

const connections = 16;
const documents = 10_000;
const collection = 'points';

function sideOf(name: string, server: Reached, workload: PointWorkload, load: LoadGenerator): Side {
  return {
    name,
    pid: server.pid,
    async run(durationMs) {
      const scope = { collection, documents, firstId: reserveIds(), connections };
      const messages = Array.from({ length: connections }, (_, connection) => [workload.message(connection, scope)]);
      return await load.run({ port: server.port, durationMs, connections: messages });
    },
  };
}

async function run(effort: Effort): Promise<readonly Figure[]> {
  await using server = await startServerProcess('memory');
  await seed(server.port, collection, documents);
  const samples = pointWorkloads.map((workload) => {
    const scope = { collection, documents, firstId: reserveIds(), connections };
    return [workload.command, workload.message(0, scope).bytes] as const;
  });
  await using floor = await startFloor(await recordReplies(server.port, Object.fromEntries(samples)));
  await using load = new LoadGenerator();
  const figures: Figure[] = [];
  for (const workload of pointWorkloads) {
    effort.progress(workload.name);
    const rounds = await measureInTurns(effort, [
      sideOf('floor', floor, workload, load),
      sideOf('ours', server, workload, load),
    ]);
    figures.push({
      name: workload.name,
      value: ratioOf(rounds, 'ours', 'floor'),
      unit: 'x',
      target: { atLeast: workload.rawTarget },
      note: `${printSide(rounds, 'ours')}; floor ${printSide(rounds, 'floor')}`,
    });
  }
  return figures;
}

export const point: Benchmark = {
  name: 'point',
  what: `one document by _id over the raw wire, ${connections} connections, memory, against the floor`,
  run,
};
