import type { Benchmark, Effort, Figure } from '../benchmark.ts';
import { Worker } from '../child.ts';
import { recordReplies, startFloor } from '../floor/floor.ts';
import type { DriverAnswer, DriverOperation, DriverRequest } from '../load/driver-load.ts';
import { measureInTurns, printSide, ratioOf, type Side } from '../load/measure.ts';
import { type Reached, startServerProcess } from '../server.ts';
import { findById, insertOne, type PointWorkload, pointWorkloads, reserveIds, updateById } from '../workload/point.ts';
import { seed } from '../workload/seed.ts';

const clients = 16;
const documents = 10_000;
const collection = 'points';

const rows: readonly { readonly workload: PointWorkload; readonly operation: DriverOperation }[] = [
  { workload: findById, operation: 'findById' },
  { workload: insertOne, operation: 'insertOne' },
  { workload: updateById, operation: 'updateById' },
];

type DriverProcess = Worker<DriverRequest, DriverAnswer>;

function sideOf(name: string, server: Reached, operation: DriverOperation, driver: DriverProcess): Side {
  return {
    name,
    pid: server.pid,
    async run(durationMs) {
      const request = {
        port: server.port,
        operation,
        clients,
        durationMs,
        collection,
        documents,
        firstId: reserveIds(),
      };
      return await driver.ask(request);
    },
  };
}

async function run(effort: Effort): Promise<readonly Figure[]> {
  await using server = await startServerProcess('memory');
  await seed(server.port, collection, documents);
  const scope = { collection, documents, firstId: reserveIds(), connections: clients };
  const samples = pointWorkloads.map((workload) => [workload.command, workload.message(0, scope).bytes] as const);
  await using floor = await startFloor(await recordReplies(server.port, Object.fromEntries(samples)));
  await using driver: DriverProcess = new Worker('load/driver-process.ts');
  const figures: Figure[] = [];
  for (const { workload, operation } of rows) {
    effort.progress(workload.name);
    const rounds = await measureInTurns(effort, [
      sideOf('floor', floor, operation, driver),
      sideOf('ours', server, operation, driver),
    ]);
    figures.push({
      name: workload.name,
      value: ratioOf(rounds, 'ours', 'floor'),
      unit: 'x',
      target: { atLeast: workload.driverTarget },
      note: `${printSide(rounds, 'ours')}; floor ${printSide(rounds, 'floor')}`,
    });
  }
  return figures;
}

export const driver: Benchmark = {
  name: 'driver',
  what: `the same through the Node driver, ${clients} at once`,
  run,
};
