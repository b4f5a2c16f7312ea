import { describe, expect, it } from 'vitest';
import { seededRandomness } from '../../clock/randomness.ts';
import { lmdbFactory, memoryFactory } from './engine-factory.ts';
import type { EngineFactory } from './engine-under-test.ts';
import { createMirror } from './mirror.ts';
import { createModelEngine } from './model-engine.ts';
import { workRandomly } from './random-work.ts';

const modelFactory: EngineFactory = async () => {
  const engine = createModelEngine();
  return { engine, remove: () => engine.close() };
};

/** A failure names the seed; put it here alone to see it again. */
const seeds = [1, 2, 3, 4, 5, 6];

describe('random work', () => {
  it.each(seeds)('is answered by memory as by the model (seed %i)', async (seed) => {
    await runMirror(memoryFactory, modelFactory, seed, 3000);
  });

  it.each(seeds.slice(0, 3))('is answered by lmdb as by memory (seed %i)', async (seed) => {
    await runMirror(lmdbFactory, memoryFactory, seed, 3000);
  });

  it('finds a difference where there is one', async () => {
    const model = createModelEngine();
    const forgetful = { ...createModelEngine(), tableSize: () => ({ records: 0, bytes: 0 }) };
    const work = workRandomly(createMirror(model, forgetful), seededRandomness(1), 1000);
    await expect(work).rejects.toThrow('tableSize');
  });
});

async function runMirror(first: EngineFactory, second: EngineFactory, seed: number, steps: number): Promise<void> {
  const sides = [await first(), await second()] as const;
  const mirror = createMirror(sides[0].engine, sides[1].engine);
  await workRandomly(mirror, seededRandomness(seed), steps);
  await mirror.close();
  for (const side of sides) await side.remove();
}
