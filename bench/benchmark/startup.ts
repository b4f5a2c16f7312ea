import { type Benchmark, type Effort, type Figure, median } from '../benchmark.ts';
import { Worker } from '../child.ts';
import { type Engine, startServerProcess } from '../server.ts';
import type { StartupRequest } from './startup-process.ts';

async function startInProcess(): Promise<number> {
  await using worker = new Worker<StartupRequest, number>('benchmark/startup-process.ts');
  return await worker.ask({});
}

async function startProgram(engine: Engine): Promise<number> {
  await using server = await startServerProcess(engine);
  return server.readyMs;
}

const rows: readonly { readonly name: string; readonly atMostMs: number; readonly start: () => Promise<number> }[] = [
  { name: 'startServer on memory to its first reply', atMostMs: 40, start: startInProcess },
  { name: 'program on memory to its ready line', atMostMs: 400, start: () => startProgram('memory') },
  { name: 'program on LMDB to its ready line', atMostMs: 400, start: () => startProgram('lmdb') },
];

async function run({ rounds, progress }: Effort): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { name, atMostMs, start } of rows) {
    progress(name);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await start());
    const slowest = Math.max(...times).toFixed(0);
    figures.push({
      name,
      value: median(times),
      unit: 'ms',
      target: { atMost: atMostMs },
      note: `slowest ${slowest} ms`,
    });
  }
  return figures;
}

export const startup: Benchmark = { name: 'startup', what: 'from nothing to serving, each in a fresh process', run };
