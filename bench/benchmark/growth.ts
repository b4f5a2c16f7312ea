import type { Benchmark, Effort, Figure } from '../benchmark.ts';
import { LoadGenerator, measureInTurns, rateOf, ratioOf } from '../load/measure.ts';
import { type Engine, startServerProcess } from '../server.ts';
import { findById, insertOne, type PointWorkload, reserveIds, updateById } from '../workload/point.ts';
import { seed } from '../workload/seed.ts';

const connections = 16;
const sizes = [1_000, 10_000, 100_000, 1_000_000] as const;
const smallest = sizes[0];
const largest = 1_000_000;

const workloads: readonly { readonly workload: PointWorkload; readonly atMost?: number }[] = [
  { workload: findById, atMost: 1.3 },
  { workload: updateById },
  { workload: insertOne },
];

async function measureEngine(engine: Engine, effort: Effort): Promise<Figure[]> {
  await using server = await startServerProcess(engine);
  await using load = new LoadGenerator();
  for (const size of sizes) {
    effort.progress(`${engine}: storing ${size} documents`);
    await seed(server.port, `of${size}`, size);
  }
  const figures: Figure[] = [];
  for (const { workload, atMost } of workloads) {
    effort.progress(`${engine}: ${workload.name}`);
    const sides = sizes.map((size) => ({
      name: String(size),
      async run(durationMs: number) {
        const scope = { collection: `of${size}`, documents: size, firstId: reserveIds(), connections };
        const messages = Array.from({ length: connections }, (_, index) => [workload.message(index, scope)]);
        return await load.run({ port: server.port, durationMs, connections: messages });
      },
    }));
    const rounds = await measureInTurns(effort, sides);
    const rates = sizes.map((size) => `${size}: ${Math.round(rateOf(rounds, String(size)))}/s`);
    figures.push({
      name: `${workload.name}, ${engine}: cost at ${largest} by that at ${smallest}`,
      value: ratioOf(rounds, String(smallest), String(largest)),
      unit: 'x',
      ...(atMost === undefined ? {} : { target: { atMost } }),
      note: rates.join(', '),
    });
  }
  return figures;
}

export const growth: Benchmark = {
  name: 'growth',
  what: 'what one document costs among 1,000 to 1,000,000 others',
  run: async (effort) => [...(await measureEngine('memory', effort)), ...(await measureEngine('lmdb', effort))],
};
